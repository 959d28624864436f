"""Currencies with rates and rounding, the log of rates, and the currency that a customer chose."""
import django.db.models.functions.datetime
import shop.core.db
from django.db import migrations, models

APPEND_ONLY = """
CREATE FUNCTION shop_exchange_rates_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'exchange rates are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER shop_exchangerate_append_only BEFORE UPDATE OR DELETE ON shop_exchangerate
    FOR EACH ROW EXECUTE FUNCTION shop_exchange_rates_are_append_only();
"""
REVERSE = """
DROP TRIGGER shop_exchangerate_append_only ON shop_exchangerate;
DROP FUNCTION shop_exchange_rates_are_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('shop', '0006_customer_group_index'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='currency',
            field=models.CharField(blank=True, db_default='', default='', editable=False, max_length=3),
        ),
        migrations.CreateModel(
            name='Currency',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('code', models.CharField(help_text='As ISO 4217 has it: EUR.', max_length=3, unique=True, verbose_name='code')),
                ('is_active', models.BooleanField(default=False, help_text='Shoppers can choose it. Orders that were placed stay as they are.', verbose_name='active')),
                ('is_converted', models.BooleanField(default=True, help_text='What has no price of its own in this currency is sold at the converted one; else it is not sold.', verbose_name='converted')),
                ('rate', models.DecimalField(blank=True, decimal_places=10, max_digits=20, null=True, verbose_name='rate')),
                ('rated_at', models.DateTimeField(blank=True, null=True, verbose_name='as of')),
                ('source', models.CharField(blank=True, max_length=80, verbose_name='source')),
                ('step_minor', models.PositiveIntegerField(default=1, verbose_name='rounded to multiples of (minor units)')),
                ('ending_minor', models.PositiveIntegerField(default=0, verbose_name='prices end in (minor units)')),
                ('mode', models.CharField(choices=[('half_up', 'to the nearest'), ('up', 'up'), ('down', 'down')], default='half_up', max_length=10, verbose_name='rounded')),
            ],
            options={
                'verbose_name': 'currency',
                'verbose_name_plural': 'currencies',
                'ordering': ['code'],
                'constraints': [models.CheckConstraint(condition=models.Q(('rate__isnull', True), ('rate__gt', 0), _connector='OR'), name='currency_rate'), models.CheckConstraint(condition=models.Q(('is_converted', False), ('rate__isnull', False), _connector='OR'), name='currency_converted_by_a_rate'), models.CheckConstraint(condition=models.Q(('step_minor__gte', 1), ('step_minor__lte', 10000000)), name='currency_step'), models.CheckConstraint(condition=models.Q(('ending_minor__lt', models.F('step_minor'))), name='currency_ending'), models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z]{3}$')), name='currency_code')],
            },
        ),
        migrations.CreateModel(
            name='ExchangeRate',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('base', models.CharField(max_length=3, verbose_name='for one')),
                ('rate', models.DecimalField(decimal_places=10, max_digits=20, verbose_name='rate')),
                ('at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name='from')),
                ('source', models.CharField(max_length=80, verbose_name='source')),
                ('actor', models.CharField(max_length=60, verbose_name='by')),
            ],
            options={
                'verbose_name': 'exchange rate',
                'verbose_name_plural': 'exchange rates',
                'ordering': ['-id'],
                'indexes': [models.Index(models.F('currency'), models.OrderBy(models.F('id'), descending=True), name='exchange_rate_latest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('rate__gt', 0)), name='exchange_rate_positive')],
            },
        ),
        migrations.RunSQL(APPEND_ONLY, REVERSE),
    ]
