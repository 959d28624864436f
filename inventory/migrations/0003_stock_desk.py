"""Allocation strategy, transfers, backorders and pre-orders with a date, alerts, nightly checks."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Now

import shop.core.db


def _key() -> models.Field:
    return models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)


def _location(name: str) -> models.ForeignKey:
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inventory.location", verbose_name=name
    )


class Migration(migrations.Migration):
    dependencies = [("inventory", "0002_default_location")]

    operations = [
        migrations.CreateModel(
            name="StockPolicy",
            fields=[
                (
                    "id",
                    models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "strategy",
                    models.CharField(
                        choices=[
                            ("fewest_parcels", "fewest parcels, then priority"),
                            ("highest_stock", "highest stock first"),
                        ],
                        default="fewest_parcels",
                        max_length=20,
                        verbose_name="strategy",
                    ),
                ),
            ],
            options={
                "verbose_name": "allocation",
                "verbose_name_plural": "allocation",
                "constraints": [models.CheckConstraint(condition=Q(id=1), name="stock_policy_once")],
            },
        ),
        migrations.AddField(
            model_name="stockitem",
            name="is_preorder",
            field=models.BooleanField(db_default=False, default=False, verbose_name="pre-order"),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="expected_on",
            field=models.DateField(blank=True, null=True, verbose_name="expected on"),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="orders_until",
            field=models.DateTimeField(blank=True, null=True, verbose_name="orders until"),
        ),
        migrations.AddField(
            model_name="stockitem",
            name="has_closed",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="StockAlert",
            fields=[
                ("id", _key()),
                ("stock_item_id", models.UUIDField()),
                ("variant_id", models.UUIDField(verbose_name="variant")),
                ("sku", models.CharField(max_length=255, verbose_name="SKU")),
                ("location", _location("location")),
                ("available", models.IntegerField(verbose_name="available")),
                ("threshold", models.IntegerField(verbose_name="low-stock threshold")),
                ("opened_at", models.DateTimeField(db_default=Now(), verbose_name="opened")),
                ("acknowledged_at", models.DateTimeField(blank=True, null=True, verbose_name="acknowledged")),
                ("acknowledged_by", models.CharField(blank=True, max_length=80, verbose_name="by")),
                ("closed_at", models.DateTimeField(blank=True, null=True, verbose_name="closed")),
            ],
            options={
                "verbose_name": "low-stock alert",
                "verbose_name_plural": "low-stock alerts",
                "constraints": [
                    models.UniqueConstraint(
                        F("stock_item_id"), condition=Q(closed_at=None), name="stock_alert_open_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StockCheck",
            fields=[
                ("id", _key()),
                ("at", models.DateTimeField(db_default=Now(), verbose_name="at")),
                ("drift", models.PositiveIntegerField(verbose_name="findings")),
                ("findings", models.JSONField(default=list, verbose_name="found")),
            ],
            options={"verbose_name": "stock check", "verbose_name_plural": "stock checks"},
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                ("id", _key()),
                ("source", _location("from")),
                ("target", _location("to")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "draft"),
                            ("sent", "on the way"),
                            ("received", "received"),
                            ("cancelled", "cancelled"),
                        ],
                        default="draft",
                        editable=False,
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                ("version", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(db_default=Now(), editable=False, verbose_name="created")),
                ("sent_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="sent")),
                ("closed_at", models.DateTimeField(blank=True, editable=False, null=True, verbose_name="closed")),
                ("actor", models.CharField(editable=False, max_length=80, verbose_name="by")),
            ],
            options={
                "verbose_name": "transfer",
                "verbose_name_plural": "transfers",
                "constraints": [
                    models.CheckConstraint(condition=~Q(source=F("target")), name="transfer_elsewhere"),
                    models.CheckConstraint(
                        condition=Q(status="draft", sent_at=None, closed_at=None)
                        | Q(status="cancelled", sent_at=None, closed_at__isnull=False)
                        | Q(status="sent", sent_at__isnull=False, closed_at=None)
                        | Q(status="received", sent_at__isnull=False, closed_at__isnull=False),
                        name="transfer_moments",
                    ),
                ],
                "indexes": [models.Index(F("status"), condition=Q(status__in=["draft", "sent"]), name="transfer_open")],
            },
        ),
        migrations.CreateModel(
            name="TransferLine",
            fields=[
                ("id", _key()),
                (
                    "transfer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="inventory.transfer"
                    ),
                ),
                ("variant_id", models.UUIDField(editable=False)),
                ("sku", models.CharField(max_length=255, verbose_name="SKU")),
                ("quantity", models.PositiveIntegerField(verbose_name="units")),
                ("received", models.PositiveIntegerField(default=0, editable=False, verbose_name="received")),
                ("written_off", models.PositiveIntegerField(default=0, editable=False, verbose_name="written off")),
            ],
            options={
                "verbose_name": "transfer line",
                "verbose_name_plural": "transfer lines",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(F("transfer"), F("variant_id"), name="transfer_line_once"),
                    models.CheckConstraint(
                        condition=Q(quantity__gt=0, quantity__gte=F("received") + F("written_off")),
                        name="transfer_line_within_quantity",
                    ),
                ],
            },
        ),
    ]
