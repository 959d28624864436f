"""What is similar, what trends, what is picked by hand, and what customers who agreed to it look at and like."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Now
from pgvector.django import HalfVectorField

import shop.core.db
from catalog.recommendations import ground

KINDS = [("together", "bought together"), ("alike", "bought with the same things"), ("similar", "similar")]


def make_vectors(apps, schema_editor):
    ground.ensure(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0005_past_orders")]

    operations = [
        migrations.SeparateDatabaseAndState(
            # Only where PostgreSQL has pgvector; `rebuild_recommendations` makes the table where it comes later.
            database_operations=[migrations.RunPython(make_vectors, migrations.RunPython.noop)],
            state_operations=[
                migrations.CreateModel(
                    name="ContentVector",
                    fields=[
                        ("product_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                        ("digest", models.BigIntegerField()),
                        ("embedding", HalfVectorField(dimensions=384)),
                    ],
                ),
            ],
        ),
        migrations.CreateModel(
            name="Learned",
            fields=[
                ("name", models.CharField(max_length=20, primary_key=True, serialize=False)),
                ("data", models.BinaryField()),
                ("learned_at", models.DateTimeField(db_default=Now())),
            ],
        ),
        migrations.CreateModel(
            name="Trend",
            fields=[
                ("category_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("product_ids", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
            ],
        ),
        migrations.CreateModel(
            name="View",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("customer_id", models.UUIDField()),
                ("product_id", models.UUIDField()),
                ("seen_at", models.DateTimeField(db_default=Now())),
                ("device", models.CharField(choices=[("phone", "phone"), ("computer", "computer")], max_length=10)),
            ],
            options={
                "indexes": [
                    models.Index(F("customer_id"), F("seen_at").desc(), name="view_of_customer"),
                    models.Index(F("seen_at"), name="view_time"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Profile",
            fields=[
                ("customer_id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("features", models.JSONField(default=dict)),
                (
                    "product_ids",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
                ),
                (
                    "scores",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.IntegerField(), default=list, size=None
                    ),
                ),
                ("is_stale", models.BooleanField(default=True)),
                ("made_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(F("customer_id"), condition=Q(("is_stale", True)), name="profile_stale")],
            },
        ),
        migrations.CreateModel(
            name="HandPicked",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("position", models.PositiveSmallIntegerField(default=0, verbose_name="position")),
                (
                    "other",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalog.product",
                        verbose_name="product",
                    ),
                ),
                (
                    "product",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="hand_picked", to="catalog.product"
                    ),
                ),
            ],
            options={
                "verbose_name": "related product",
                "verbose_name_plural": "related products",
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(F("product"), F("other"), name="hand_picked_once"),
                    models.CheckConstraint(
                        condition=Q(("product", F("other")), _negated=True), name="hand_picked_other"
                    ),
                ],
            },
        ),
        migrations.AlterField(
            model_name="neighbours", name="kind", field=models.CharField(choices=KINDS, max_length=10)
        ),
    ]
