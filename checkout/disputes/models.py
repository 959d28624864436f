"""Disputes, made from payment events as amounts are."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from checkout.orders.models import Order
from shop.core import db
from shop.core.money import Money


class Dispute(models.Model):
    """A card holder called money back. People answer it at the provider."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        WON = "won", _("won")
        LOST = "lost", _("lost")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="disputes")
    payment_id = models.UUIDField()
    reference = models.CharField(_("provider's reference"), max_length=255)
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.OPEN)
    reason = models.CharField(_("reason"), max_length=60, blank=True)
    due_at = models.DateTimeField(_("answer due"), null=True)
    opened_at = models.DateTimeField(_("opened"), db_default=Now())
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name, verbose_name_plural = _("dispute"), _("disputes")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint("payment_id", "reference", name="dispute_once")]

    def __str__(self) -> str:
        return self.reference

    @property
    def amount(self) -> Money:
        return Money(self.amount_minor, self.currency)
