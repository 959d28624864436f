"""Cards that providers keep for customers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db


class SavedCard(models.Model):
    """A payment method that a provider keeps for a customer: names only, never a card's number."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    customer_id = models.UUIDField()
    provider = models.CharField(max_length=40)
    reference = models.CharField(max_length=255)  # the provider's name of the customer
    token = models.CharField(max_length=255)  # the provider's name of the card
    brand = models.CharField(_("brand"), max_length=40)
    last4 = models.CharField(max_length=4)
    expires = models.CharField(max_length=7, blank=True)  # "2031-04"
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    removed_at = models.DateTimeField(null=True, blank=True)  # gone for the customer, to be detached at the provider

    class Meta:
        verbose_name, verbose_name_plural = _("saved card"), _("saved cards")
        ordering = ["-is_default", "-id"]
        constraints = [
            models.UniqueConstraint("provider", "token", name="saved_card_once"),
            models.UniqueConstraint(
                "customer_id", condition=Q(is_default=True, removed_at__isnull=True), name="saved_card_one_default"
            ),
        ]
        indexes = [models.Index("customer_id", name="saved_card_customer")]

    def __str__(self) -> str:
        return f"{self.brand} {self.last4}"

    @property
    def expires_text(self) -> str:
        """As it stands on the card: "04/31"; empty where nothing expires."""
        year, _dash, month = self.expires.partition("-")
        return f"{month}/{year[2:]}" if month else ""
