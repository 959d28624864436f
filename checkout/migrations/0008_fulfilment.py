import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import shop.core.db


class Migration(migrations.Migration):
    """Parcels know what is picked, where they are and what their carriers say of them."""

    dependencies = [("checkout", "0007_changes")]

    operations = [
        migrations.AddField(
            model_name="shipment",
            name="version",
            field=models.PositiveIntegerField(db_default=0),
        ),
        migrations.AddField(
            model_name="shipment",
            name="carrier_code",
            field=models.CharField(blank=True, db_default="", max_length=20),
        ),
        migrations.AddField(
            model_name="shipment",
            name="service",
            field=models.CharField(blank=True, db_default="", max_length=60, verbose_name="service"),
        ),
        migrations.AddField(
            model_name="shipment",
            name="label_reference",
            field=models.CharField(blank=True, db_default="", max_length=120),
        ),
        migrations.AddField(
            model_name="shipment",
            name="barcode",
            field=models.CharField(blank=True, db_default="", max_length=80, verbose_name="barcode"),
        ),
        migrations.AddField(
            model_name="shipment",
            name="weight_grams",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="weight (g)"),
        ),
        migrations.AddField(
            model_name="shipment",
            name="is_waiting",
            field=models.BooleanField(db_default=False, verbose_name="waits for stock"),
        ),
        migrations.AddField(
            model_name="shipment",
            name="problem",
            field=models.CharField(blank=True, db_default="", max_length=20, verbose_name="problem"),
        ),
        migrations.AddField(
            model_name="shipment",
            name="picked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="shipment",
            name="packed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="shipmentline",
            name="picked",
            field=models.PositiveIntegerField(db_default=0),
        ),
        migrations.RunSQL(  # until now a parcel was picked as a whole
            """
            UPDATE checkout_shipmentline line SET picked = line.quantity
            FROM checkout_shipment shipment
            WHERE shipment.id = line.shipment_id AND shipment.status IN ('picked', 'shipped', 'delivered')
            """,
            migrations.RunSQL.noop,
        ),
        migrations.AddConstraint(
            model_name="shipmentline",
            constraint=models.CheckConstraint(
                condition=models.Q(("picked__lte", models.F("quantity"))), name="shipment_line_picked"
            ),
        ),
        migrations.CreateModel(
            name="TrackingEvent",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("order_id", models.UUIDField()),
                (
                    "code",
                    models.CharField(
                        choices=[
                            ("labelled", "Label made"),
                            ("accepted", "Handed to the carrier"),
                            ("in_transit", "On its way"),
                            ("out_for_delivery", "Out for delivery"),
                            ("delivered", "Delivered"),
                            ("failed_attempt", "Delivery was tried"),
                            ("returned_to_sender", "Going back to us"),
                            ("lost", "Lost"),
                        ],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                ("text", models.CharField(blank=True, max_length=200, verbose_name="in the carrier's words")),
                ("place", models.CharField(blank=True, max_length=100, verbose_name="place")),
                ("at", models.DateTimeField(verbose_name="at")),
                ("source", models.CharField(max_length=80, verbose_name="from")),
                ("event_id", models.CharField(max_length=100)),
                ("created_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "shipment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="events", to="checkout.shipment"
                    ),
                ),
            ],
            options={
                "verbose_name": "tracking event",
                "verbose_name_plural": "tracking events",
                "ordering": ["at", "id"],
                "indexes": [models.Index(models.F("order_id"), name="tracking_order")],
                "constraints": [
                    models.UniqueConstraint(models.F("source"), models.F("event_id"), name="tracking_event_once")
                ],
            },
        ),
    ]
