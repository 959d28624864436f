"""Units held for a shopper who is paying, until `expires_at` by the database's clock."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db


class Reservation(models.Model):
    """`quantity` units of one stock item held for one document. Ends exactly once: consumed, released or expired.

    It stops counting the moment it expires: selectors and `reserve` ignore or reap it, the sweep only tidies up. All
    open rows of a reference share one `expires_at`; rows that are held anew after they ended are new rows.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        CONSUMED = "consumed", _("consumed")
        RELEASED = "released", _("released")
        EXPIRED = "expired", _("expired")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    reference = models.UUIDField()  # the order, or a change of one
    sold_to = models.UUIDField(null=True, blank=True)  # whose the units became, if not the reference's own
    stock_item_id = models.UUIDField()  # no foreign key onto the hot row: it would halve its throughput
    variant_id = models.UUIDField()
    quantity = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    expires_at = models.DateTimeField()
    actor = models.CharField(max_length=80)
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("reservation"), _("reservations")
        constraints = [
            models.UniqueConstraint(
                "reference", "stock_item_id", condition=Q(status="open"), name="reservation_open_once"
            ),
            models.CheckConstraint(name="reservation_some", condition=Q(quantity__gt=0)),
            models.CheckConstraint(
                name="reservation_ended",
                condition=Q(status="open", ended_at__isnull=True) | (~Q(status="open") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index("reference", name="reservation_reference"),
            models.Index("expires_at", condition=Q(status="open"), name="reservation_open"),
            models.Index("stock_item_id", "expires_at", condition=Q(status="open"), name="reservation_item"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} for {self.reference}"
