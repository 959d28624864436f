"""The outbox: events written in the transaction that makes them true, and their deliveries to each subscriber.

All three tables exist in every database, because an event belongs to its business transaction.
"""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db


class OutboxEvent(models.Model):
    """One event, append-only, partitioned by month. `data` holds ids and facts only, never personal data."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    event_type = models.CharField(max_length=60)
    aggregate_type = models.CharField(max_length=40)
    aggregate_id = models.CharField(max_length=64)
    version = models.PositiveSmallIntegerField(default=1)
    occurred_at = models.DateTimeField(db_default=Now())
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name, verbose_name_plural = _("event"), _("events")
        indexes = [
            models.Index("aggregate_type", "aggregate_id", "id", name="outbox_aggregate"),
            models.Index("event_type", "id", name="outbox_type"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.aggregate_id}"


class Delivery(models.Model):
    """What one subscriber owes to one event; written with the event, kept until long after it is done."""

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")
        DONE = "done", _("done")
        DEAD = "dead", _("dead")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    event_id = models.UUIDField()  # no foreign key: nothing points into the partitioned outbox
    event_type = models.CharField(max_length=60)
    aggregate_type = models.CharField(max_length=40)
    aggregate_id = models.CharField(max_length=64)
    subscriber = models.CharField(max_length=120)
    status = models.CharField(max_length=10, choices=Status, default=Status.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("delivery"), _("deliveries")
        constraints = [models.UniqueConstraint("event_id", "subscriber", name="delivery_once")]
        indexes = [
            models.Index("due_at", condition=models.Q(status="pending"), name="delivery_pending"),
            models.Index(
                "subscriber", "aggregate_id", "id", condition=models.Q(status="pending"), name="delivery_in_order"
            ),
            models.Index("id", condition=models.Q(status="dead"), name="delivery_dead"),
            models.Index("subscriber", "id", name="delivery_subscriber"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} → {self.subscriber}"


class HandledEvent(models.Model):
    """The inbox: this handler's effect of this event is in this database. Written in the effect's transaction."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    event_id = models.UUIDField()
    handler = models.CharField(max_length=120)
    handled_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("event_id", "handler", name="handled_once")]
