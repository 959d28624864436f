"""Transfers between locations."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from inventory.stock.models import Location
from shop.core import db


class Transfer(models.Model):
    """Units of some variants that go from `source` to `target`. `version` rises with every change of a sent one."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SENT = "sent", _("on the way")
        RECEIVED = "received", _("received")
        CANCELLED = "cancelled", _("cancelled")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    source = models.ForeignKey(Location, models.PROTECT, related_name="+", verbose_name=_("from"))
    target = models.ForeignKey(Location, models.PROTECT, related_name="+", verbose_name=_("to"))
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT, editable=False)
    note = models.CharField(_("note"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    actor = models.CharField(_("by"), max_length=80, editable=False)  # who changed it last

    class Meta:
        verbose_name, verbose_name_plural = _("transfer"), _("transfers")
        constraints = [
            models.CheckConstraint(name="transfer_elsewhere", condition=~Q(source=F("target"))),
            models.CheckConstraint(
                name="transfer_moments",
                condition=Q(status="draft", sent_at=None, closed_at=None)
                | Q(status="cancelled", sent_at=None, closed_at__isnull=False)
                | Q(status="sent", sent_at__isnull=False, closed_at=None)
                | Q(status="received", sent_at__isnull=False, closed_at__isnull=False),
            ),
        ]
        indexes = [models.Index("status", name="transfer_open", condition=Q(status__in=["draft", "sent"]))]

    def __str__(self) -> str:
        return f"{self.source} → {self.target}"

    @property
    def document(self) -> str:
        """How the ledger names it."""
        return f"transfer:{self.pk}"


class TransferLine(models.Model):
    """`quantity` units of a variant; of those sent, so many were `received` and so many `written_off`."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="lines")
    variant_id = models.UUIDField(editable=False)
    sku = models.CharField("SKU", max_length=255)
    quantity = models.PositiveIntegerField(_("units"))
    received = models.PositiveIntegerField(_("received"), default=0, editable=False)
    written_off = models.PositiveIntegerField(_("written off"), default=0, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("transfer line"), _("transfer lines")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("transfer", "variant_id", name="transfer_line_once"),
            models.CheckConstraint(
                name="transfer_line_within_quantity",
                condition=Q(quantity__gt=0, quantity__gte=F("received") + F("written_off")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.sku}"

    @property
    def open(self) -> int:
        """Units that were sent and have neither come nor been given up."""
        return self.quantity - self.received - self.written_off
