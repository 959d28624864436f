import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

import shop.core.db


class Migration(migrations.Migration):
    """What staff did with money that is held for an order, for its history."""

    dependencies = [("checkout", "0032_by_order")]

    operations = [
        migrations.CreateModel(
            name="HoldStep",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("trigger", models.CharField(choices=[("take", "taken"), ("let_go", "let go")], max_length=10)),
                ("taken_minor", models.BigIntegerField(default=0)),
                ("let_go_minor", models.BigIntegerField(default=0)),
                ("captures", models.JSONField(default=list)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("actor", models.CharField(max_length=80)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="hold_steps", to="checkout.order"
                    ),
                ),
            ],
            options={
                "verbose_name": "step of held money",
                "verbose_name_plural": "steps of held money",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("let_go_minor__gte", 0), ("taken_minor__gt", 0), ("trigger", "take"))
                        | models.Q(("let_go_minor__gt", 0), ("taken_minor", 0), ("trigger", "let_go")),
                        name="hold_step_amounts",
                    )
                ],
            },
        ),
    ]
