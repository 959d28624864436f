"""Notes on orders."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from checkout.orders.models import Order
from shop.core import db


class OrderNote(models.Model):
    """What staff wrote about an order, for themselves or for its customer. Append-only."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    order = models.ForeignKey(Order, models.CASCADE, related_name="notes")
    text = models.CharField(_("note"), max_length=2000)
    is_shown_to_customer = models.BooleanField(default=False)
    actor = models.CharField(max_length=80)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("note on an order"), _("notes on orders")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text[:80]
