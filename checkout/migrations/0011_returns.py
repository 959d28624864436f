import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import shop.core.db
from django.db import migrations, models


def add_rule(apps, schema_editor):
    """A shop without any rule would take nothing back: 30 days for everything, until the merchant says otherwise."""
    apps.get_model("checkout", "ReturnRule").objects.create(
        position=1000,
        name="Everything",
        window_days=30,
        conditions=["unopened", "like_new", "broken"],
    )


class Migration(migrations.Migration):

    dependencies = [("checkout", "0010_invoices")]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE checkout_return_number", "DROP SEQUENCE checkout_return_number"
        ),
        migrations.CreateModel(
            name='ReturnRule',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField(default=10, verbose_name='position')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('category_path', models.CharField(blank=True, max_length=500, verbose_name='category')),
                ('product_id', models.UUIDField(blank=True, null=True, verbose_name='product')),
                ('product_type', models.CharField(blank=True, max_length=140, verbose_name='product type')),
                ('is_final_sale', models.BooleanField(default=False, verbose_name='final sale: no returns')),
                ('window_days', models.PositiveSmallIntegerField(default=30, verbose_name='days after delivery')),
                ('conditions', models.JSONField(blank=True, default=list, verbose_name='accepted conditions')),
                ('approval', models.CharField(choices=[('automatic', 'automatically'), ('person', 'by a person')], default='automatic', max_length=10, verbose_name='approved')),
                ('label_paid_by', models.CharField(choices=[('shop', 'the shop'), ('shopper', 'the shopper')], default='shop', max_length=10, verbose_name='label is paid by')),
                ('refunds_delivery', models.BooleanField(default=True, verbose_name='gives back the share of delivery')),
            ],
            options={
                'verbose_name': 'return rule',
                'verbose_name_plural': 'return rules',
                'ordering': ['position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Return',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='number')),
                ('status', models.CharField(choices=[('requested', 'waits for approval'), ('approved', 'approved'), ('in_transit', 'on its way'), ('partly_received', 'partly received'), ('received', 'received'), ('settled', 'settled'), ('refused', 'refused'), ('cancelled', 'cancelled')], default='requested', max_length=20, verbose_name='status')),
                ('wish', models.CharField(choices=[('original', 'money back the way it was paid'), ('store_credit', 'store credit'), ('exchange', 'exchange for another variant')], default='original', max_length=20, verbose_name='wanted')),
                ('comment', models.CharField(blank=True, max_length=1000, verbose_name='comment')),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='answer')),
                ('label_paid_by', models.CharField(choices=[('shop', 'the shop'), ('shopper', 'the shopper')], default='shop', max_length=10)),
                ('key', models.CharField(max_length=80, unique=True)),
                ('version', models.PositiveIntegerField(default=0)),
                ('actor', models.CharField(max_length=80)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='asked')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='returns', to='checkout.order')),
            ],
            options={
                'verbose_name': 'return',
                'verbose_name_plural': 'returns',
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Reimbursement',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('order_id', models.UUIDField()),
                ('position', models.PositiveIntegerField()),
                ('destination', models.CharField(choices=[('original', 'money back the way it was paid'), ('store_credit', 'store credit'), ('exchange', 'exchange for another variant')], max_length=20, verbose_name='to')),
                ('amount_minor', models.BigIntegerField(verbose_name='given back')),
                ('refunded_minor', models.BigIntegerField(default=0)),
                ('added_minor', models.BigIntegerField(default=0)),
                ('currency', models.CharField(max_length=3)),
                ('change_id', models.UUIDField(blank=True, null=True)),
                ('is_complete', models.BooleanField(default=True)),
                ('actor', models.CharField(max_length=80)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reimbursements', to='checkout.return')),
            ],
            options={
                'verbose_name': 'reimbursement',
                'verbose_name_plural': 'reimbursements',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='ReturnLine',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('order_id', models.UUIDField()),
                ('position', models.PositiveSmallIntegerField()),
                ('quantity', models.PositiveIntegerField(verbose_name='quantity')),
                ('reason', models.CharField(choices=[('changed_mind', 'I changed my mind'), ('does_not_fit', 'It does not fit'), ('defective', 'It does not work'), ('damaged', 'It arrived damaged'), ('wrong_item', 'It is not what I ordered'), ('not_as_described', 'It is not as described'), ('late', 'It came too late')], max_length=20, verbose_name='reason')),
                ('condition', models.CharField(choices=[('unopened', 'unopened'), ('like_new', 'opened, like new'), ('used', 'used'), ('broken', 'does not work or is damaged')], max_length=10, verbose_name='condition')),
                ('exchange_for', models.UUIDField(blank=True, null=True)),
                ('rule_name', models.CharField(blank=True, max_length=80, verbose_name='rule')),
                ('returnable_until', models.DateField(blank=True, null=True)),
                ('refunds_delivery', models.BooleanField(default=True)),
                ('order_line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='return_lines', to='checkout.orderline')),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='checkout.return')),
            ],
            options={
                'verbose_name': 'line of a return',
                'verbose_name_plural': 'lines of returns',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='ReturnPhoto',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('order_id', models.UUIDField()),
                ('name', models.CharField(max_length=120)),
                ('width', models.PositiveIntegerField()),
                ('height', models.PositiveIntegerField()),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='photos', to='checkout.return')),
            ],
            options={
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ReturnStep',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('order_id', models.UUIDField()),
                ('position', models.PositiveIntegerField()),
                ('trigger', models.CharField(max_length=20)),
                ('status', models.CharField(choices=[('requested', 'waits for approval'), ('approved', 'approved'), ('in_transit', 'on its way'), ('partly_received', 'partly received'), ('received', 'received'), ('settled', 'settled'), ('refused', 'refused'), ('cancelled', 'cancelled')], max_length=20)),
                ('facts', models.JSONField(default=dict)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('actor', models.CharField(max_length=80)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='checkout.return')),
            ],
            options={
                'verbose_name': 'step of a return',
                'verbose_name_plural': 'steps of returns',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='ReturnUnit',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('order_id', models.UUIDField()),
                ('number', models.PositiveIntegerField()),
                ('position', models.PositiveIntegerField()),
                ('reception', models.CharField(choices=[('awaiting', 'awaited'), ('in_transit', 'on its way'), ('received', 'received'), ('lost', 'lost on the way'), ('wrong_item', 'another item came'), ('short', 'was not in the parcel'), ('cancelled', 'will not be sent')], default='awaiting', max_length=12)),
                ('acceptance', models.CharField(choices=[('pending', 'not looked at'), ('accepted', 'accepted'), ('rejected', 'refused'), ('manual', 'for a person to decide')], default='pending', max_length=10)),
                ('fate', models.CharField(blank=True, choices=[('restock', 'back on the shelf'), ('damaged', 'not to be sold again')], max_length=10)),
                ('location_id', models.UUIDField(blank=True, null=True)),
                ('restocked_at', models.DateTimeField(blank=True, null=True)),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='units', to='checkout.returnline')),
                ('order_line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='checkout.orderline')),
                ('parent', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='units', to='checkout.return')),
                ('reimbursement', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.RESTRICT, related_name='units', to='checkout.reimbursement')),
            ],
            options={
                'verbose_name': 'unit of a return',
                'verbose_name_plural': 'units of returns',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='ReimbursedLine',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('order_id', models.UUIDField()),
                ('units', models.PositiveIntegerField()),
                ('total_minor', models.BigIntegerField()),
                ('discount_minor', models.BigIntegerField(default=0)),
                ('shipping_minor', models.BigIntegerField(default=0)),
                ('tax_minor', models.BigIntegerField(default=0)),
                ('included_tax_minor', models.BigIntegerField(default=0)),
                ('delivery_minor', models.BigIntegerField(default=0)),
                ('delivery_tax_minor', models.BigIntegerField(default=0)),
                ('delivery_included_tax_minor', models.BigIntegerField(default=0)),
                ('keeps_delivery', models.BooleanField(default=False)),
                ('order_line', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reimbursed', to='checkout.orderline')),
                ('reimbursement', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='checkout.reimbursement')),
            ],
            options={
                'indexes': [models.Index(models.F('order_id'), name='reimbursed_line_order')],
                'constraints': [models.CheckConstraint(condition=models.Q(('units__gt', 0)), name='reimbursed_line_some')],
            },
        ),
        migrations.AddIndex(
            model_name='return',
            index=models.Index(models.F('status'), models.OrderBy(models.F('id'), descending=True), name='return_status'),
        ),
        migrations.AddConstraint(
            model_name='reimbursement',
            constraint=models.UniqueConstraint(models.F('parent'), models.F('position'), name='reimbursement_position'),
        ),
        migrations.AddConstraint(
            model_name='reimbursement',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gte', 0), ('refunded_minor__gte', 0)), name='reimbursement_amounts'),
        ),
        migrations.AddConstraint(
            model_name='returnline',
            constraint=models.UniqueConstraint(models.F('parent'), models.F('order_line'), name='return_line_once'),
        ),
        migrations.AddConstraint(
            model_name='returnline',
            constraint=models.CheckConstraint(condition=models.Q(('quantity__gt', 0)), name='return_line_some'),
        ),
        migrations.AddConstraint(
            model_name='returnstep',
            constraint=models.UniqueConstraint(models.F('parent'), models.F('position'), name='return_step_position'),
        ),
        migrations.AddIndex(
            model_name='returnunit',
            index=models.Index(models.F('order_id'), name='return_unit_order'),
        ),
        migrations.AddConstraint(
            model_name='returnunit',
            constraint=models.UniqueConstraint(models.F('parent'), models.F('position'), name='return_unit_position'),
        ),
        migrations.AddConstraint(
            model_name='returnunit',
            constraint=models.UniqueConstraint(models.F('order_line'), models.F('number'), condition=models.Q(('reception__in', ['short', 'cancelled']), _negated=True), name='return_unit_once'),
        ),
        migrations.AddConstraint(
            model_name='returnunit',
            constraint=models.CheckConstraint(condition=models.Q(('number__gt', 0)), name='return_unit_number'),
        ),
        migrations.AddConstraint(
            model_name='returnunit',
            constraint=models.CheckConstraint(condition=models.Q(('restocked_at__isnull', True), ('fate', 'restock'), _connector='OR'), name='return_unit_restock'),
        ),
        migrations.AddConstraint(
            model_name='returnunit',
            constraint=models.CheckConstraint(condition=models.Q(('fate', ''), models.Q(('location_id__isnull', False), ('reception', 'received')), _connector='OR'), name='return_unit_fate'),
        ),
        migrations.AddConstraint(
            model_name='returnunit',
            constraint=models.CheckConstraint(condition=models.Q(('reimbursement__isnull', True), models.Q(('acceptance', 'accepted'), ('reception__in', ['received', 'lost', 'wrong_item'])), _connector='OR'), name='return_unit_settled'),
        ),
        migrations.RunPython(add_rule, migrations.RunPython.noop),
    ]
