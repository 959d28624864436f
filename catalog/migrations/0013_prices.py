"""What everything has cost, from now on, and promotions that lists show."""

import shop.core.db
from django.db import migrations, models

# What a price was, it was: a record is neither changed nor taken out.
APPEND_ONLY = """
CREATE FUNCTION catalog_price_records_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'price records are append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER catalog_pricerecord_append_only BEFORE UPDATE OR DELETE ON catalog_pricerecord
    FOR EACH ROW EXECUTE FUNCTION catalog_price_records_are_append_only();
"""
REVERSE = """
DROP TRIGGER catalog_pricerecord_append_only ON catalog_pricerecord;
DROP FUNCTION catalog_price_records_are_append_only();
"""
# What everything costs now, so that the first change has a price before it.
RECORD_PRESENT = """
INSERT INTO catalog_pricerecord (id, variant_id, currency, price_list, amount_minor, at)
SELECT gen_random_uuid(), variant_id, currency, price_list,
    CASE WHEN sale_minor IS NOT NULL
          AND (sale_starts_at IS NULL OR sale_starts_at <= statement_timestamp())
          AND (sale_ends_at IS NULL OR sale_ends_at > statement_timestamp())
         THEN sale_minor ELSE amount_minor END,
    statement_timestamp()
FROM catalog_price WHERE min_quantity = 1
"""


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0012_customizations'),
    ]

    operations = [
        migrations.CreateModel(
            name='PriceRecord',
            fields=[
                ('id', models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ('variant_id', models.UUIDField()),
                ('currency', models.CharField(max_length=3)),
                ('price_list', models.CharField(max_length=40)),
                ('amount_minor', models.BigIntegerField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'indexes': [models.Index(models.F('variant_id'), models.F('currency'), models.F('price_list'), models.OrderBy(models.F('at'), descending=True), name='price_record')],
            },
        ),
        migrations.CreateModel(
            name='PriceRule',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=80)),
                ('points', models.PositiveIntegerField(default=0)),
                ('amounts', models.JSONField(default=dict)),
                ('prices', models.JSONField(default=dict)),
                ('any_of', models.JSONField(default=list)),
                ('none_of', models.JSONField(default=list)),
                ('starts_at', models.DateTimeField(null=True)),
                ('ends_at', models.DateTimeField(null=True)),
                ('is_active', models.BooleanField(default=True)),
                ('version', models.BigIntegerField(default=0)),
                ('reach', models.JSONField(null=True)),
                ('reached', models.UUIDField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('points__lte', 10000)), name='price_rule_points')],
            },
        ),
        migrations.RunSQL(RECORD_PRESENT, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, REVERSE),
    ]
