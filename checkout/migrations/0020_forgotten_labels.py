import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import shop.core.db

_PARCELS = """
    FROM jsonb_to_recordset(COALESCE(NULLIF(archived.content->'checkout_shipment', 'null'), '[]'))
        AS parcel(carrier_code text, tracking_number text)
    WHERE parcel.carrier_code <> '' AND parcel.tracking_number <> ''
"""
# As `checkout.archive.contents.copy_sql` fills it from now on.
FILL = f"""
    UPDATE checkout_archivedorder archived
    SET handles = archived.handles::text[]
                  || ARRAY(SELECT DISTINCT 'parcel:' || carrier_code || ':' || tracking_number {_PARCELS})
    WHERE EXISTS (SELECT {_PARCELS})
"""  # noqa: S608


class Migration(migrations.Migration):
    """Labels that no parcel leaves with, until carriers took them back; archived orders found by their parcels."""

    dependencies = [("checkout", "0019_kept_delivery")]

    operations = [
        migrations.CreateModel(
            name="ForgottenLabel",
            fields=[
                (
                    "id",
                    models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("order_id", models.UUIDField()),
                ("carrier_code", models.CharField(max_length=20)),
                ("tracking_number", models.CharField(max_length=80, verbose_name="tracking number")),
                ("barcode", models.CharField(blank=True, max_length=80, verbose_name="barcode")),
                ("reference", models.CharField(blank=True, max_length=120)),
                (
                    "status",
                    models.CharField(
                        choices=[("asked", "to be given back"), ("voided", "given back"), ("kept", "not taken back")],
                        default="asked",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "said",
                    models.CharField(blank=True, max_length=200, verbose_name="what the carrier says"),
                ),
                ("asked_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="forgotten_labels",
                        to="checkout.shipment",
                    ),
                ),
            ],
            options={
                "verbose_name": "forgotten label",
                "verbose_name_plural": "forgotten labels",
                "ordering": ["id"],
                "indexes": [
                    models.Index(models.F("tracking_number"), models.F("carrier_code"), name="forgotten_label_number"),
                    models.Index(models.F("order_id"), name="forgotten_label_order"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        models.F("shipment"),
                        models.F("carrier_code"),
                        models.F("tracking_number"),
                        name="forgotten_label_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), ("status", "asked")),
                            models.Q(models.Q(("status", "asked"), _negated=True), ("ended_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="forgotten_label_moments",
                    ),
                ],
            },
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
