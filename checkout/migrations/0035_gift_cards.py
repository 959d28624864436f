"""Gift cards, their entries, and batches of them."""

import django.db.models.deletion
import django.db.models.functions.datetime
import shop.core.crypto
import shop.core.db
from django.db import migrations, models

# What happened to a card is only added.
APPEND_ONLY = """
CREATE FUNCTION checkout_gift_entries_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of gift cards are append-only: add another one' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER checkout_giftcardentry_append_only BEFORE UPDATE OR DELETE ON checkout_giftcardentry
    FOR EACH ROW EXECUTE FUNCTION checkout_gift_entries_are_append_only();
"""
REVERSE = """
DROP TRIGGER checkout_giftcardentry_append_only ON checkout_giftcardentry;
DROP FUNCTION checkout_gift_entries_are_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('checkout', '0034_customizations'),
    ]

    operations = [
        migrations.CreateModel(
            name='GiftCardBatch',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=200, verbose_name='what for')),
                ('count', models.PositiveIntegerField(verbose_name='cards')),
                ('amount_minor', models.BigIntegerField(verbose_name='amount')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('actor', models.CharField(max_length=80)),
                ('shown_at', models.DateTimeField(blank=True, null=True, verbose_name='codes shown')),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='issued')),
            ],
            options={
                'verbose_name': 'batch of gift cards',
                'verbose_name_plural': 'batches of gift cards',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), ('count__gt', 0)), name='gift_batch_amounts')],
            },
        ),
        migrations.CreateModel(
            name='GiftCard',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', shop.core.crypto.EncryptedTextField(editable=False)),
                ('code_digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('last4', models.CharField(max_length=4, verbose_name='ends in')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('initial_minor', models.BigIntegerField(verbose_name='issued with')),
                ('balance_minor', models.BigIntegerField(default=0, verbose_name='balance')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='valid until')),
                ('is_active', models.BooleanField(db_default=True, default=True, verbose_name='active')),
                ('recipient', models.EmailField(blank=True, max_length=254, verbose_name='sent to')),
                ('language', models.CharField(default='en', max_length=10)),
                ('customer_id', models.UUIDField(blank=True, null=True, verbose_name='bought by')),
                ('order_id', models.UUIDField(blank=True, null=True)),
                ('line_id', models.UUIDField(blank=True, null=True)),
                ('unit', models.PositiveIntegerField(blank=True, null=True)),
                ('taken_back_at', models.DateTimeField(blank=True, null=True)),
                ('created_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='issued')),
                ('updated_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='changed')),
                ('batch', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='checkout.giftcardbatch')),
            ],
            options={
                'verbose_name': 'gift card',
                'verbose_name_plural': 'gift cards',
                'permissions': [('issue_giftcard', 'Can issue gift cards, change their balance and end them')],
            },
        ),
        migrations.CreateModel(
            name='GiftCardEntry',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('issued', 'issued'), ('added', 'added by staff'), ('withdrawn', 'taken off'), ('expired', 'expired'), ('held', 'used for an order'), ('taken', 'order paid'), ('released', 'not needed for an order'), ('refunded', 'given back for an order')], max_length=10, verbose_name='what')),
                ('amount_minor', models.BigIntegerField(verbose_name='change')),
                ('taken_minor', models.BigIntegerField(default=0)),
                ('balance_minor', models.BigIntegerField(verbose_name='balance')),
                ('payment_id', models.UUIDField(blank=True, null=True)),
                ('document', models.CharField(blank=True, max_length=100, verbose_name='document')),
                ('reason', models.CharField(blank=True, max_length=200, verbose_name='reason')),
                ('actor', models.CharField(max_length=80)),
                ('key', models.CharField(max_length=255)),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='when')),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='checkout.giftcard')),
            ],
            options={
                'verbose_name': 'entry of a gift card',
                'verbose_name_plural': 'entries of gift cards',
                'ordering': ['id'],
            },
        ),
        migrations.AddIndex(
            model_name='giftcard',
            index=models.Index(models.F('order_id'), condition=models.Q(('order_id__isnull', False)), name='gift_card_order'),
        ),
        migrations.AddIndex(
            model_name='giftcard',
            index=models.Index(models.F('last4'), models.OrderBy(models.F('id'), descending=True), name='gift_card_last4'),
        ),
        migrations.AddIndex(
            model_name='giftcard',
            index=models.Index(models.F('recipient'), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('recipient', ''), _negated=True), name='gift_card_recipient'),
        ),
        migrations.AddIndex(
            model_name='giftcard',
            index=models.Index(models.F('currency'), models.OrderBy(models.F('id'), descending=True), name='gift_card_currency'),
        ),
        migrations.AddIndex(
            model_name='giftcard',
            index=models.Index(models.OrderBy(models.F('id'), descending=True), condition=models.Q(('is_active', False)), name='gift_card_ended'),
        ),
        migrations.AddIndex(
            model_name='giftcard',
            index=models.Index(models.F('expires_at'), condition=models.Q(('balance_minor__gt', 0), ('expires_at__isnull', False)), name='gift_card_expiring'),
        ),
        migrations.AddConstraint(
            model_name='giftcard',
            constraint=models.CheckConstraint(condition=models.Q(('balance_minor__gte', 0), ('initial_minor__gt', 0)), name='gift_card_amounts'),
        ),
        migrations.AddConstraint(
            model_name='giftcard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('line_id__isnull', True), ('order_id__isnull', True), ('unit__isnull', True)), models.Q(('line_id__isnull', False), ('order_id__isnull', False), ('unit__isnull', False)), _connector='OR'), name='gift_card_bought'),
        ),
        migrations.AddConstraint(
            model_name='giftcard',
            constraint=models.UniqueConstraint(models.F('line_id'), models.F('unit'), condition=models.Q(('line_id__isnull', False)), name='gift_card_once_a_unit'),
        ),
        migrations.AddIndex(
            model_name='giftcardentry',
            index=models.Index(models.F('payment_id'), condition=models.Q(('payment_id__isnull', False)), name='gift_entry_of_payment'),
        ),
        migrations.AddIndex(
            model_name='giftcardentry',
            index=models.Index(models.F('kind'), models.OrderBy(models.F('id'), descending=True), name='gift_entry_kind'),
        ),
        migrations.AddIndex(
            model_name='giftcardentry',
            index=models.Index(models.F('document'), condition=models.Q(('document', ''), _negated=True), name='gift_entry_document'),
        ),
        migrations.AddConstraint(
            model_name='giftcardentry',
            constraint=models.CheckConstraint(condition=models.Q(('balance_minor__gte', 0)), name='gift_entry_balance'),
        ),
        migrations.AddConstraint(
            model_name='giftcardentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_minor__gt', 0), ('kind__in', ['issued', 'added', 'released', 'refunded']), ('taken_minor', 0)), models.Q(('amount_minor__lt', 0), ('kind__in', ['withdrawn', 'expired', 'held']), ('taken_minor', 0)), models.Q(('amount_minor', 0), ('kind', 'taken'), ('taken_minor__gt', 0)), _connector='OR'), name='gift_entry_sign'),
        ),
        migrations.AddConstraint(
            model_name='giftcardentry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['issued', 'added', 'withdrawn', 'expired']), ('payment_id__isnull', False), _connector='OR'), name='gift_entry_payment'),
        ),
        migrations.AddConstraint(
            model_name='giftcardentry',
            constraint=models.UniqueConstraint(models.F('card'), models.F('key'), name='gift_entry_once'),
        ),
        migrations.AddConstraint(
            model_name='giftcardentry',
            constraint=models.UniqueConstraint(models.F('card'), condition=models.Q(('kind', 'issued')), name='gift_issued_once'),
        ),
        migrations.AddConstraint(
            model_name='giftcardentry',
            constraint=models.UniqueConstraint(models.F('payment_id'), condition=models.Q(('kind', 'held')), name='gift_held_once'),
        ),
        migrations.RunSQL(APPEND_ONLY, REVERSE),
    ]
