from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models

# A constraint would be made with the table locked; the index that stands behind it need not be.
ONCE = """
    CREATE UNIQUE INDEX CONCURRENTLY pick_scan_once ON checkout_pickscan (wave_id, nonce) WHERE NOT (nonce = '')
"""
NOT_ONCE = "DROP INDEX CONCURRENTLY pick_scan_once"


class Migration(migrations.Migration):
    """Parcels by what carriers call them, and those still here by location; scans that count once for each form."""

    atomic = False

    dependencies = [
        ('checkout', '0015_archive_handles'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='shipment',
            index=models.Index(models.F('tracking_number'), models.F('carrier_code'), condition=models.Q(('tracking_number', ''), _negated=True), name='shipment_tracked_by'),
        ),
        AddIndexConcurrently(
            model_name='shipment',
            index=models.Index(models.F('location_id'), models.F('status'), models.F('id'), condition=models.Q(('status__in', ['open', 'picked'])), name='shipment_here'),
        ),
        RemoveIndexConcurrently(
            model_name='shipment',
            name='shipment_tracking',
        ),
        migrations.AddField(
            model_name='pickscan',
            name='nonce',
            field=models.CharField(blank=True, db_default='', max_length=40),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(ONCE, NOT_ONCE)],
            state_operations=[
                migrations.AddConstraint(
                    model_name='pickscan',
                    constraint=models.UniqueConstraint(models.F('wave'), models.F('nonce'), condition=models.Q(('nonce', ''), _negated=True), name='pick_scan_once'),
                ),
            ],
        ),
    ]
