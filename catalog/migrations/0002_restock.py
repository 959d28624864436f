"""Who asked to be told when a variant is back."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models.functions import Now

import shop.core.db


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RestockRequest",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("language", models.CharField(default="en", max_length=10)),
                ("customer_id", models.UUIDField(blank=True, null=True)),
                ("created_at", models.DateTimeField(db_default=Now(), verbose_name="asked at")),
                (
                    "variant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="restock_requests",
                        to="catalog.variant",
                    ),
                ),
            ],
            options={
                "verbose_name": "back-in-stock request",
                "verbose_name_plural": "back-in-stock requests",
                "indexes": [
                    models.Index(models.F("email"), name="restock_request_email"),
                    models.Index(
                        models.F("customer_id"),
                        condition=models.Q(("customer_id__isnull", False)),
                        name="restock_request_customer",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(models.F("variant"), models.F("email"), name="restock_request_once")
                ],
            },
        ),
    ]
