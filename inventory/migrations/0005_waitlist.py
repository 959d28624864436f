"""Who waits for units, in turn."""

from django.db import migrations, models
from django.db.models.functions import Now

import shop.core.db

_STATUSES = [
    ("waiting", "waiting"),
    ("offered", "offered"),
    ("taken", "taken"),
    ("passed", "passed"),
    ("left", "left"),
]


class Migration(migrations.Migration):
    dependencies = [("inventory", "0004_suppliers")]

    operations = [
        migrations.AddField(
            model_name="stockitem",
            name="has_waiting",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.CreateModel(
            name="WaitingEntry",
            fields=[
                ("id", models.UUIDField(default=shop.core.db.uuid7, editable=False, primary_key=True, serialize=False)),
                ("variant_id", models.UUIDField()),
                ("units", models.PositiveIntegerField(default=1)),
                ("status", models.CharField(choices=_STATUSES, default="waiting", max_length=10)),
                ("taken_by", models.UUIDField(blank=True, null=True)),
                ("joined_at", models.DateTimeField(db_default=Now())),
                ("offered_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "place in line",
                "verbose_name_plural": "places in line",
                "indexes": [
                    models.Index(
                        models.F("variant_id"),
                        models.F("id"),
                        condition=models.Q(("status__in", ["waiting", "offered"])),
                        name="waiting_entry_line",
                    ),
                    models.Index(
                        models.F("expires_at"), condition=models.Q(("status", "offered")), name="waiting_entry_offered"
                    ),
                    models.Index(
                        models.F("taken_by"),
                        condition=models.Q(("taken_by__isnull", False)),
                        name="waiting_entry_order",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("units__gt", 0)), name="waiting_entry_some"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("status__in", ["waiting", "left"]),
                            models.Q(
                                ("expires_at__isnull", False),
                                ("offered_at__isnull", False),
                                ("status__in", ["offered", "taken", "passed"]),
                            ),
                            _connector="OR",
                        ),
                        name="waiting_entry_offer",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at__isnull", True), ("status__in", ["waiting", "offered"])),
                            models.Q(("ended_at__isnull", False), ("status__in", ["taken", "passed", "left"])),
                            _connector="OR",
                        ),
                        name="waiting_entry_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("status", "taken"), ("taken_by__isnull", False)),
                            models.Q(models.Q(("status", "taken"), _negated=True), ("taken_by__isnull", True)),
                            _connector="OR",
                        ),
                        name="waiting_entry_taken",
                    ),
                ],
            },
        ),
    ]
