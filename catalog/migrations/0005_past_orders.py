"""What was bought together, and what is learned from it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("catalog", "0004_review_lists")]

    operations = [
        migrations.CreateModel(
            name="PastOrder",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("bought_at", models.DateTimeField()),
                ("customer_id", models.UUIDField(null=True)),
                ("product_ids", ArrayField(base_field=models.UUIDField(), size=None)),
                ("is_counted", models.BooleanField(default=False)),
                ("is_withdrawn", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    GinIndex(F("product_ids"), name="past_order_products"),
                    models.Index(F("bought_at"), name="past_order_time"),
                    models.Index(
                        F("customer_id"), condition=Q(("customer_id__isnull", False)), name="past_order_customer"
                    ),
                    models.Index(F("id"), condition=Q(("is_counted", F("is_withdrawn"))), name="past_order_uncounted"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Demand",
            fields=[
                ("product_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("orders", models.BigIntegerField(default=0)),
                ("weight", models.BigIntegerField(default=0)),
            ],
            options={"indexes": [models.Index(F("orders").desc(), F("product_id"), name="demand_most")]},
        ),
        migrations.CreateModel(
            name="Neighbours",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "product_id", "kind", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("product_id", models.UUIDField()),
                ("kind", models.CharField(choices=[("together", "bought together")], max_length=10)),
                ("is_modelled", models.BooleanField(default=False)),
                ("others", ArrayField(base_field=models.UUIDField(), size=None)),
                ("weights", ArrayField(base_field=models.IntegerField(), size=None)),
            ],
        ),
    ]
