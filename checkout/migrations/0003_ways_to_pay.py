"""Routing rules, store credit, invoices and saved cards."""

import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
from django.db import migrations, models

import shop.core.db


class Migration(migrations.Migration):
    dependencies = [("checkout", "0002_ledger")]

    operations = [
        migrations.AddField(
            model_name='payment',
            name='is_saving',
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name='payment',
            name='method',
            field=models.CharField(blank=True, db_default='', max_length=40, verbose_name='method'),
        ),
        migrations.AddField(
            model_name='refund',
            name='destination',
            field=models.CharField(choices=[('original', 'the way it was paid'), ('store_credit', 'store credit')], db_default='original', default='original', max_length=20, verbose_name='to'),
        ),
        migrations.CreateModel(
            name='CreditAccount',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('customer_id', models.UUIDField(verbose_name='customer')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('balance_minor', models.BigIntegerField(default=0, verbose_name='balance')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
            options={
                'verbose_name': 'store credit',
                'verbose_name_plural': 'store credit',
                'permissions': [('grant_credit', 'Can give store credit to customers, and take it back')],
                'constraints': [models.UniqueConstraint(models.F('customer_id'), models.F('currency'), name='credit_account_once'), models.CheckConstraint(condition=models.Q(('balance_minor__gte', 0)), name='credit_not_negative')],
            },
        ),
        migrations.CreateModel(
            name='PaymentRoute',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField(default=10, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('method', models.CharField(max_length=40, verbose_name='method')),
                ('currency', models.CharField(blank=True, max_length=3, verbose_name='currency')),
                ('countries', models.CharField(blank=True, max_length=500, verbose_name='countries')),
                ('minimum_minor', models.BigIntegerField(blank=True, null=True, verbose_name='from')),
                ('maximum_minor', models.BigIntegerField(blank=True, null=True, verbose_name='up to')),
                ('share', models.PositiveSmallIntegerField(default=100, verbose_name='share in percent')),
                ('provider', models.CharField(max_length=40, verbose_name='provider')),
            ],
            options={
                'verbose_name': 'payment route',
                'verbose_name_plural': 'payment routes',
                'ordering': ['position', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('share__gte', 1), ('share__lte', 100)), name='route_share'), models.CheckConstraint(condition=models.Q(models.Q(('maximum_minor__isnull', True), ('minimum_minor__isnull', True)), models.Q(models.Q(('currency', ''), _negated=True), models.Q(('minimum_minor__isnull', True), ('minimum_minor__gte', 0), _connector='OR'), models.Q(('maximum_minor__isnull', True), ('maximum_minor__gte', 0), _connector='OR')), _connector='OR'), name='route_amounts')],
            },
        ),
        migrations.CreateModel(
            name='Receivable',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('payment_id', models.UUIDField(unique=True)),
                ('order_id', models.UUIDField()),
                ('order_number', models.CharField(max_length=20, verbose_name='order')),
                ('amount_minor', models.BigIntegerField(verbose_name='amount')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('received_minor', models.BigIntegerField(default=0)),
                ('released_minor', models.BigIntegerField(default=0)),
                ('due_on', models.DateField(verbose_name='due')),
                ('reminded_at', models.DateTimeField(blank=True, null=True, verbose_name='reminded')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='promised')),
            ],
            options={
                'verbose_name': 'receivable',
                'verbose_name_plural': 'receivables',
                'ordering': ['due_on', 'id'],
                'indexes': [models.Index(models.F('due_on'), condition=models.Q(('amount_minor__gt', django.db.models.expressions.CombinedExpression(models.F('received_minor'), '+', models.F('released_minor')))), name='receivable_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='receivable_amount'), models.CheckConstraint(condition=models.Q(('received_minor__gte', 0), ('released_minor__gte', 0), ('released_minor__lte', models.F('amount_minor'))), name='receivable_sums')],
            },
        ),
        migrations.CreateModel(
            name='SavedCard',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('customer_id', models.UUIDField()),
                ('provider', models.CharField(max_length=40)),
                ('reference', models.CharField(max_length=255)),
                ('token', models.CharField(max_length=255)),
                ('brand', models.CharField(max_length=40, verbose_name='brand')),
                ('last4', models.CharField(max_length=4)),
                ('expires', models.CharField(blank=True, max_length=7)),
                ('is_default', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('removed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'saved card',
                'verbose_name_plural': 'saved cards',
                'ordering': ['-is_default', '-id'],
                'indexes': [models.Index(models.F('customer_id'), name='saved_card_customer')],
                'constraints': [models.UniqueConstraint(models.F('provider'), models.F('token'), name='saved_card_once'), models.UniqueConstraint(models.F('customer_id'), condition=models.Q(('is_default', True), ('removed_at__isnull', True)), name='saved_card_one_default')],
            },
        ),
        migrations.CreateModel(
            name='CreditEntry',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('granted', 'credit given'), ('withdrawn', 'credit taken back'), ('held', 'used for an order'), ('taken', 'order paid'), ('released', 'not needed for an order'), ('refunded', 'given back for an order')], max_length=10, verbose_name='what')),
                ('amount_minor', models.BigIntegerField(verbose_name='change')),
                ('taken_minor', models.BigIntegerField(default=0)),
                ('balance_minor', models.BigIntegerField(verbose_name='balance')),
                ('payment_id', models.UUIDField(blank=True, null=True)),
                ('document', models.CharField(blank=True, max_length=100, verbose_name='document')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('actor', models.CharField(max_length=80)),
                ('key', models.CharField(max_length=255)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='when')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='checkout.creditaccount')),
            ],
            options={
                'verbose_name': 'entry of store credit',
                'verbose_name_plural': 'entries of store credit',
                'ordering': ['id'],
                'indexes': [models.Index(models.F('payment_id'), condition=models.Q(('payment_id__isnull', False)), name='credit_entry_of_payment')],
                'constraints': [models.CheckConstraint(condition=models.Q(('balance_minor__gte', 0)), name='credit_entry_balance'), models.CheckConstraint(condition=models.Q(models.Q(('amount_minor__gt', 0), ('kind__in', ['granted', 'released', 'refunded']), ('taken_minor', 0)), models.Q(('amount_minor__lt', 0), ('kind__in', ['withdrawn', 'held']), ('taken_minor', 0)), models.Q(('amount_minor', 0), ('kind', 'taken'), ('taken_minor__gt', 0)), _connector='OR'), name='credit_entry_sign'), models.CheckConstraint(condition=models.Q(('kind__in', ['granted', 'withdrawn']), ('payment_id__isnull', False), _connector='OR'), name='credit_entry_payment'), models.UniqueConstraint(models.F('account'), models.F('key'), name='credit_entry_once'), models.UniqueConstraint(models.F('payment_id'), condition=models.Q(('kind', 'held')), name='credit_held_once')],
            },
        ),
        migrations.CreateModel(
            name='ReceivableEntry',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('received', 'received'), ('released', 'not needed any more'), ('giving_back', 'to be sent back'), ('returned', 'sent back')], max_length=12, verbose_name='what')),
                ('amount_minor', models.BigIntegerField(verbose_name='amount')),
                ('key', models.CharField(max_length=255)),
                ('actor', models.CharField(max_length=80)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='when')),
                ('receivable', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='checkout.receivable')),
            ],
            options={
                'verbose_name': 'entry',
                'verbose_name_plural': 'entries',
                'ordering': ['id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='receivable_entry_amount'), models.UniqueConstraint(models.F('receivable'), models.F('kind'), models.F('key'), name='receivable_entry_once')],
            },
        ),
    ]

