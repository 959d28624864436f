"""Who waits for units of a variant, in turn; without a word of who that is."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db


class WaitingEntry(models.Model):
    """One place in the line for one variant. Keys are in order of time, and that is the order of the line.

    waiting → offered (units are held by the reservation whose reference is this id) → taken by an order, or passed
    when nobody used them in time; left from either of the first two. Changes only under the lock of the variant's
    stock items.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        OFFERED = "offered", _("offered")
        TAKEN = "taken", _("taken")
        PASSED = "passed", _("passed")
        LEFT = "left", _("left")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    variant_id = models.UUIDField()
    units = models.PositiveIntegerField(default=1)
    status = models.CharField(max_length=10, choices=Status, default=Status.WAITING)
    taken_by = models.UUIDField(null=True, blank=True)  # the order
    joined_at = models.DateTimeField(db_default=Now())
    offered_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)  # of what is or was held
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("place in line"), _("places in line")
        constraints = [
            models.CheckConstraint(name="waiting_entry_some", condition=Q(units__gt=0)),
            models.CheckConstraint(
                name="waiting_entry_offer",
                condition=Q(status__in=["waiting", "left"])
                | Q(offered_at__isnull=False, expires_at__isnull=False, status__in=["offered", "taken", "passed"]),
            ),
            models.CheckConstraint(
                name="waiting_entry_ended",
                condition=Q(status__in=["waiting", "offered"], ended_at__isnull=True)
                | Q(status__in=["taken", "passed", "left"], ended_at__isnull=False),
            ),
            models.CheckConstraint(
                name="waiting_entry_taken",
                condition=Q(status="taken", taken_by__isnull=False) | (~Q(status="taken") & Q(taken_by__isnull=True)),
            ),
        ]
        indexes = [
            models.Index("variant_id", "id", condition=Q(status__in=["waiting", "offered"]), name="waiting_entry_line"),
            models.Index("expires_at", condition=Q(status="offered"), name="waiting_entry_offered"),
            models.Index("taken_by", condition=Q(taken_by__isnull=False), name="waiting_entry_order"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
