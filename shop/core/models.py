"""The answers to API calls that carried an `Idempotency-Key`."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now

from shop.core import db


class IdempotentCall(models.Model):
    """One unsafe API call: running, or done with its answer. Answers with personal data are not kept, only their
    object's id (`resource`), from which the same answer is made again."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    scope = models.CharField(max_length=80)  # who called and what: "customer:<id> POST /api/orders"
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of method, path and body
    status = models.PositiveSmallIntegerField(null=True)  # HTTP status of the answer; null while running
    resource = models.CharField(max_length=80, blank=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    locked_until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("scope", "key", name="idempotent_call_once")]
        indexes = [models.Index("created_at", name="idempotent_call_age")]
