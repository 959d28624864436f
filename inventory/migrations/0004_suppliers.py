"""Suppliers, purchase orders, and the signed feeds of warehouses."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.datetime
import shop.core.crypto
import shop.core.db
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inventory", "0003_stock_desk"),
    ]

    operations = [
        migrations.RunSQL(
            sql="CREATE SEQUENCE inventory_purchase_number",
            reverse_sql="DROP SEQUENCE inventory_purchase_number",
        ),
        migrations.CreateModel(
            name="Supplier",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=100, unique=True, verbose_name="name")),
                (
                    "email",
                    models.EmailField(
                        blank=True, help_text="Where purchase orders are sent.", max_length=254, verbose_name="e-mail"
                    ),
                ),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "lead_time_days",
                    models.PositiveSmallIntegerField(
                        default=7, help_text="From the order to the delivery.", verbose_name="lead time in days"
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
            ],
            options={
                "verbose_name": "supplier",
                "verbose_name_plural": "suppliers",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="SupplierItem",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("variant_id", models.UUIDField(verbose_name="variant")),
                ("sku", models.CharField(max_length=255, verbose_name="SKU")),
                ("supplier_sku", models.CharField(blank=True, max_length=100, verbose_name="supplier's SKU")),
                ("cost_minor", models.BigIntegerField(default=0, verbose_name="unit cost")),
                (
                    "pack_size",
                    models.PositiveIntegerField(
                        default=1,
                        help_text="Only whole packs are ordered.",
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="pack size",
                    ),
                ),
                (
                    "minimum",
                    models.PositiveIntegerField(default=1, help_text="In units.", verbose_name="minimum order"),
                ),
                ("priority", models.PositiveSmallIntegerField(default=100, verbose_name="priority")),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="items",
                        to="inventory.supplier",
                        verbose_name="supplier",
                    ),
                ),
            ],
            options={
                "verbose_name": "supplier item",
                "verbose_name_plural": "supplier items",
                "indexes": [models.Index(models.F("variant_id"), name="supplier_item_variant")],
                "constraints": [
                    models.UniqueConstraint(models.F("supplier"), models.F("variant_id"), name="supplier_item_once"),
                    models.CheckConstraint(
                        condition=models.Q(("cost_minor__gte", 0), ("pack_size__gte", 1)), name="supplier_item_sane"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PurchaseOrder",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=20, unique=True, verbose_name="number")),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("ordered", "Ordered"),
                            ("partly_received", "Partly received"),
                            ("received", "Received"),
                            ("closed_short", "Closed short"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=20,
                        verbose_name="status",
                    ),
                ),
                ("expected_on", models.DateField(blank=True, null=True, verbose_name="expected on")),
                (
                    "note",
                    models.CharField(
                        blank=True, help_text="The supplier reads it too.", max_length=500, verbose_name="note"
                    ),
                ),
                ("actor", models.CharField(max_length=80, verbose_name="by")),
                ("sent", models.PositiveSmallIntegerField(default=0)),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="created"),
                ),
                ("ordered_at", models.DateTimeField(blank=True, null=True, verbose_name="ordered")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="ended")),
                (
                    "location",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.location",
                        verbose_name="deliver to",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="purchase_orders",
                        to="inventory.supplier",
                        verbose_name="supplier",
                    ),
                ),
            ],
            options={
                "verbose_name": "purchase order",
                "verbose_name_plural": "purchase orders",
                "indexes": [
                    models.Index(
                        models.F("location"),
                        condition=models.Q(("status__in", ["draft", "ordered", "partly_received"])),
                        name="purchase_order_open",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("ended_at__isnull", True), ("status__in", ["draft", "ordered", "partly_received"])
                            ),
                            models.Q(
                                ("ended_at__isnull", False), ("status__in", ["received", "closed_short", "cancelled"])
                            ),
                            _connector="OR",
                        ),
                        name="purchase_order_ended",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PurchaseOrderLine",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("variant_id", models.UUIDField(verbose_name="variant")),
                ("sku", models.CharField(max_length=255, verbose_name="SKU")),
                ("supplier_sku", models.CharField(blank=True, max_length=100, verbose_name="supplier's SKU")),
                ("ordered", models.PositiveIntegerField(verbose_name="ordered")),
                ("received", models.PositiveIntegerField(default=0, verbose_name="received")),
                ("cost_minor", models.BigIntegerField(default=0, verbose_name="unit cost")),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="inventory.purchaseorder"
                    ),
                ),
            ],
            options={
                "verbose_name": "line",
                "verbose_name_plural": "lines",
                "ordering": ["sku", "id"],
                "indexes": [models.Index(models.F("variant_id"), name="purchase_line_variant")],
                "constraints": [
                    models.UniqueConstraint(models.F("order"), models.F("variant_id"), name="purchase_line_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("cost_minor__gte", 0),
                            ("ordered__gte", 1),
                            (
                                "received__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("ordered"),
                                    "+",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("ordered"), "+", models.Value(9)
                                        ),
                                        "/",
                                        models.Value(10),
                                    ),
                                ),
                            ),
                        ),
                        name="purchase_line_within_cap",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("number", models.PositiveSmallIntegerField()),
                ("key", models.CharField(max_length=100)),
                ("fingerprint", models.CharField(max_length=64)),
                ("note", models.CharField(blank=True, max_length=100, verbose_name="delivery note")),
                ("actor", models.CharField(max_length=80)),
                ("received_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="inventory.purchaseorder",
                    ),
                ),
            ],
            options={
                "verbose_name": "receipt",
                "verbose_name_plural": "receipts",
                "constraints": [
                    models.UniqueConstraint(models.F("order"), models.F("key"), name="receipt_once"),
                    models.UniqueConstraint(models.F("order"), models.F("number"), name="receipt_number"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ReceiptLine",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("quantity", models.PositiveIntegerField()),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="inventory.purchaseorderline",
                    ),
                ),
                (
                    "receipt",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="inventory.receipt"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(models.F("receipt"), models.F("line"), name="receipt_line_once"),
                    models.CheckConstraint(condition=models.Q(("quantity__gte", 1)), name="receipt_line_some"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Feed",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "code",
                    models.SlugField(
                        help_text="The partner sends it as X-Feed.", max_length=30, unique=True, verbose_name="code"
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "allowed_reasons",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("received", "received: new units came in"),
                                ("returned", "returned: units came back"),
                                ("found", "found"),
                                ("sold", "sold over another counter"),
                                ("damaged", "damaged"),
                                ("lost", "lost"),
                                ("corrected", "corrected: a count differed"),
                            ],
                            max_length=20,
                        ),
                        default=list,
                        size=None,
                        verbose_name="allowed reasons",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("secret", shop.core.crypto.EncryptedTextField(editable=False)),
                ("previous_secret", shop.core.crypto.EncryptedTextField(editable=False, null=True)),
                (
                    "previous_until",
                    models.DateTimeField(blank=True, editable=False, null=True, verbose_name="last secret valid until"),
                ),
                (
                    "last_sequence",
                    models.BigIntegerField(blank=True, editable=False, null=True, verbose_name="last sequence"),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="created"),
                ),
                (
                    "location",
                    models.ForeignKey(
                        blank=True,
                        help_text="Leave empty to let it move stock at every location.",
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inventory.location",
                        verbose_name="only for",
                    ),
                ),
            ],
            options={
                "verbose_name": "stock feed",
                "verbose_name_plural": "stock feeds",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("previous_secret__isnull", True), ("previous_until__isnull", True)),
                            models.Q(("previous_secret__isnull", False), ("previous_until__isnull", False)),
                            _connector="OR",
                        ),
                        name="feed_previous_ends",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="FeedMessage",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("message_id", models.CharField(max_length=64, verbose_name="id")),
                ("fingerprint", models.CharField(max_length=64)),
                ("is_accepted", models.BooleanField(verbose_name="accepted")),
                ("code", models.CharField(blank=True, max_length=40, verbose_name="refused because")),
                ("sequence", models.BigIntegerField(blank=True, null=True, verbose_name="sequence")),
                ("movements", models.PositiveSmallIntegerField(default=0, verbose_name="movements")),
                ("units_in", models.BigIntegerField(default=0, verbose_name="units in")),
                ("units_out", models.BigIntegerField(default=0, verbose_name="units out")),
                ("attempts", models.PositiveIntegerField(default=1, verbose_name="attempts")),
                ("answer", models.TextField(blank=True)),
                (
                    "received_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), verbose_name="received"),
                ),
                (
                    "feed",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to="inventory.feed",
                        verbose_name="feed",
                    ),
                ),
            ],
            options={
                "verbose_name": "feed message",
                "verbose_name_plural": "feed messages",
                "constraints": [
                    models.UniqueConstraint(models.F("feed"), models.F("message_id"), name="feed_message_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("code", ""), ("is_accepted", True), models.Q(("answer", ""), _negated=True)),
                            models.Q(
                                ("answer", ""),
                                ("is_accepted", False),
                                ("units_in", 0),
                                ("units_out", 0),
                                models.Q(("code", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="feed_message_answered",
                    ),
                ],
            },
        ),
    ]
