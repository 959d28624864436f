"""Who did what to which object. Rows are only ever added; one beat task seals them into a hash chain."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db


class AuditEntry(models.Model):
    """One act, partitioned by month. `changes` holds ids and facts, never personal data."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    action = models.CharField(max_length=80)  # "order.cancel", "stock.adjust"
    actor = models.CharField(max_length=80)  # "staff:<id>", "customer:<id>", "guest", "system"
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    changes = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("audit entry"), _("audit entries")
        indexes = [
            models.Index("object_type", "object_id", "id", name="audit_object"),
            models.Index("actor", "id", name="audit_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"


class AuditSeal(models.Model):
    """A link of the hash chain over all entries of one database up to `last_id`. See `audit.services.seal`."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    database = models.CharField(max_length=20)
    last_id = models.UUIDField()
    count = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)  # SHA-256 over the previous digest and the entries' canonical JSON
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint("database", "last_id", name="seal_once")]
