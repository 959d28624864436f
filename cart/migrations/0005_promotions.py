import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import shop.core.db


class Migration(migrations.Migration):
    """Promotions, batches of coupons, and what a customer used of a promotion."""

    dependencies = [("cart", "0004_lists")]

    operations = [
        migrations.CreateModel(
            name="CodeBatch",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("prefix", models.CharField(blank=True, max_length=12, verbose_name="prefix")),
                ("number", models.PositiveIntegerField(verbose_name="how many")),
                ("made", models.PositiveIntegerField(default=0, editable=False, verbose_name="made so far")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "batch of coupons",
                "verbose_name_plural": "batches of coupons",
            },
        ),
        migrations.CreateModel(
            name="CustomerUse",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("customer_key", models.CharField(max_length=64)),
                ("used", models.PositiveIntegerField(default=0)),
                ("most", models.PositiveIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Promotion",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                (
                    "name",
                    models.CharField(help_text="Shown on the cart and the order.", max_length=80, verbose_name="name"),
                ),
                (
                    "note",
                    models.TextField(
                        blank=True, help_text="For yourselves only.", max_length=2000, verbose_name="note"
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "draft"), ("active", "active"), ("paused", "paused"), ("ended", "ended")],
                        default="draft",
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                (
                    "lane",
                    models.CharField(
                        choices=[
                            ("catalogue", "prices in lists"),
                            ("line", "single lines"),
                            ("order", "the whole order"),
                            ("shipping", "delivery"),
                        ],
                        default="order",
                        max_length=10,
                        verbose_name="taken off",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("percent", "percent off"),
                            ("amount", "amount off"),
                            ("fixed_price", "fixed price"),
                            ("buy_get", "buy some, get some"),
                            ("cheapest_free", "cheapest free"),
                            ("bundle_price", "one price for several"),
                            ("gift", "gift"),
                            ("tiers", "the more, the cheaper"),
                            ("free_shipping", "free delivery"),
                        ],
                        default="percent",
                        max_length=20,
                        verbose_name="kind",
                    ),
                ),
                ("terms", models.JSONField(default=dict, verbose_name="terms")),
                ("scope", models.JSONField(blank=True, default=dict, verbose_name="for")),
                ("conditions", models.JSONField(blank=True, default=dict, verbose_name="conditions")),
                ("needs_code", models.BooleanField(default=False, verbose_name="by coupon only")),
                (
                    "priority",
                    models.PositiveSmallIntegerField(
                        default=100, help_text="The lowest number comes first.", verbose_name="priority"
                    ),
                ),
                ("is_exclusive", models.BooleanField(default=False, verbose_name="with no other promotion")),
                ("is_combinable", models.BooleanField(default=False, verbose_name="on the same units as others")),
                ("starts_at", models.DateTimeField(blank=True, null=True, verbose_name="starts")),
                ("ends_at", models.DateTimeField(blank=True, null=True, verbose_name="ends")),
                ("usage_limit", models.PositiveIntegerField(blank=True, null=True, verbose_name="uses, at most")),
                (
                    "customer_limit",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="uses by one customer, at most"),
                ),
                (
                    "budget_minor",
                    models.BigIntegerField(blank=True, null=True, verbose_name="costs, at most (minor units)"),
                ),
                ("budget_currency", models.CharField(blank=True, max_length=3, verbose_name="currency of that")),
                ("used", models.PositiveIntegerField(default=0, editable=False, verbose_name="used")),
                ("spent_minor", models.BigIntegerField(default=0, editable=False, verbose_name="spent (minor units)")),
                ("version", models.PositiveIntegerField(default=1, editable=False)),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
            ],
            options={
                "verbose_name": "promotion",
                "verbose_name_plural": "promotions",
                "ordering": ["-id"],
            },
        ),
        migrations.AddField(
            model_name="redemption",
            name="currency",
            field=models.CharField(db_default="", max_length=3),
        ),
        migrations.AddField(
            model_name="redemption",
            name="customer_key",
            field=models.CharField(blank=True, db_default='', max_length=64),
        ),
        migrations.AddField(
            model_name="coupon",
            name="batch",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="coupons",
                to="cart.codebatch",
            ),
        ),
        migrations.AddIndex(
            model_name="promotion",
            index=models.Index(models.F("status"), models.F("needs_code"), name="promotion_status"),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("usage_limit__isnull", True), ("used__lte", models.F("usage_limit")), _connector="OR"
                ),
                name="promotion_within_limit",
            ),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("budget_currency", ""), ("budget_minor__isnull", True)),
                    models.Q(
                        ("budget_minor__gt", 0),
                        ("spent_minor__lte", models.F("budget_minor")),
                        models.Q(("budget_currency", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="promotion_within_budget",
            ),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(condition=models.Q(("spent_minor__gte", 0)), name="promotion_spent"),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_at__isnull", True),
                    ("ends_at__isnull", True),
                    ("ends_at__gt", models.F("starts_at")),
                    _connector="OR",
                ),
                name="promotion_dates",
            ),
        ),
        migrations.AddConstraint(
            model_name="promotion",
            constraint=models.CheckConstraint(
                condition=models.Q(("customer_limit__isnull", True), ("customer_limit__gte", 1), _connector="OR"),
                name="promotion_customer_limit",
            ),
        ),
        migrations.AddField(
            model_name="customeruse",
            name="promotion",
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="cart.promotion"),
        ),
        migrations.AddField(
            model_name="codebatch",
            name="promotion",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="batches", to="cart.promotion"
            ),
        ),
        migrations.AddField(
            model_name="coupon",
            name="promotion",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="coupons", to="cart.promotion"
            ),
        ),
        migrations.AddField(
            model_name="redemption",
            name="promotion",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="redemptions", to="cart.promotion"
            ),
        ),
        migrations.AddConstraint(
            model_name="customeruse",
            constraint=models.UniqueConstraint(
                models.F("promotion"), models.F("customer_key"), name="customer_use_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="customeruse",
            constraint=models.CheckConstraint(
                condition=models.Q(("used__lte", models.F("most"))), name="customer_use_within_limit"
            ),
        ),
        migrations.AddConstraint(
            model_name="codebatch",
            constraint=models.CheckConstraint(
                condition=models.Q(("made__lte", models.F("number"))), name="code_batch_made"
            ),
        ),
    ]
