"""E-mails that were asked for, each at most once per key."""

from __future__ import annotations

from django.db import models
from django.db.models import F
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from shop.core import db
from shop.notifications import labels


class Notification(models.Model):
    """One e-mail: rendered from `template` when sent. `key` makes it unique ("order_paid:<order id>")."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")
        SENDING = "sending", _("sending")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    key = models.CharField(max_length=120, unique=True)
    template = models.CharField(max_length=60)
    recipient = models.EmailField()
    language = models.CharField(max_length=10, default="en")
    context = models.JSONField(default=dict)
    subject = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    created_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("e-mail"), _("e-mails")
        indexes = [
            models.Index("created_at", condition=~models.Q(status="sent"), name="notification_open"),
            models.Index("status", F("id").desc(), condition=~models.Q(status="sent"), name="notification_unsent"),
            models.Index("template", F("id").desc(), name="notification_template"),
            models.Index(Upper("recipient"), F("id").desc(), name="notification_recipient"),
        ]

    def __str__(self) -> str:
        return f"{labels.label(self.template)} → {self.recipient}"


class OptOut(models.Model):
    """Somebody wants no mails of a topic at an address, of which this is a digest."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    topic = models.CharField(max_length=40)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("stopped e-mail"), _("stopped e-mails")
        constraints = [models.UniqueConstraint("topic", "digest", name="opt_out_once")]
