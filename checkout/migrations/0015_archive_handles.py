import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

# As `checkout.archive.contents.copy_sql` fills it from now on.
FILL = """
    UPDATE checkout_archivedorder archived
    SET handles = ARRAY(SELECT unnest(ARRAY["return".number, "return".id])
                        FROM jsonb_to_recordset(COALESCE(NULLIF(archived.content->'checkout_return', 'null'), '[]'))
                            AS "return"(number text, id text))
                  || (archived.content #>> '{checkout_order,0,idempotency_key}')
"""


class Migration(migrations.Migration):
    """What archived orders are found by besides their number. Nobody who buys waits for their table."""

    dependencies = [
        ('checkout', '0014_order_lists'),
    ]

    operations = [
        migrations.AddField(
            model_name='archivedorder',
            name='handles',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=255), db_default=[], default=list, size=None),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name='archivedorder',
            index=django.contrib.postgres.indexes.GinIndex(fields=['handles'], name='archived_handles'),
        ),
    ]
