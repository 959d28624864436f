"""What a shopper means to buy. Carts live in PostgreSQL: an emptied cache costs nobody their cart."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from catalog.customizations import rules as customizing
from shop.core import db


def new_token() -> str:
    """What a guest's cookie or `X-Cart-Token` holds: 256 random bits."""
    return secrets.token_urlsafe(32)


class Cart(models.Model):
    """One shopper's open cart. `version` changes with every change, so that a checkout notices another tab."""

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        ORDERED = "ordered", _("ordered")
        MERGED = "merged", _("merged")
        EXPIRED = "expired", _("expired")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    token = models.CharField(max_length=64, unique=True, default=new_token)
    customer_id = models.UUIDField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    version = models.PositiveIntegerField(default=1)
    channel = models.CharField(max_length=20, default="web")
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=10, default="en")
    coupons = models.JSONField(default=list, blank=True)  # codes as entered, canonical form
    place = models.JSONField(null=True, blank=True)  # {"country", "state", "postal_code"} that its shopper said last
    notices = models.JSONField(default=list, blank=True)  # facts to tell once: [{"kind", "name", "quantity"}]
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    class Meta:
        verbose_name, verbose_name_plural = _("cart"), _("carts")
        constraints = [
            models.UniqueConstraint("customer_id", condition=Q(status="open"), name="cart_one_open_per_customer"),
        ]
        indexes = [
            models.Index("expires_at", condition=Q(status="open"), name="cart_open"),
            models.Index("status", F("id").desc(), name="cart_status"),
            models.Index("customer_id", condition=Q(customer_id__isnull=False), name="cart_customer"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class CartLine(models.Model):
    """A variant and how many of it. Name and price are what the shopper saw when it was put in (or last told).

    The same variant with other customizations is another line: `customization_key` tells them apart.
    """

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    cart = models.ForeignKey(Cart, models.CASCADE, related_name="lines")
    product_id = models.UUIDField()
    variant_id = models.UUIDField()
    sku = models.CharField(max_length=255)
    name = models.CharField(max_length=300)
    quantity = models.PositiveIntegerField()
    unit_price_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    claim_id = models.UUIDField(null=True, blank=True)  # the place in the waiting line for which units are held
    customizations = models.JSONField(default=dict, db_default={}, blank=True)  # answers by the code of what was asked
    customization_key = models.CharField(max_length=64, blank=True, db_default="")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("cart line"), _("cart lines")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint("cart", "variant_id", "customization_key", name="cart_line_once_each"),
            models.CheckConstraint(name="cart_line_quantity", condition=Q(quantity__gte=1, quantity__lte=9999)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"

    @property
    def key(self) -> str:
        """Its name among the lines of its cart, and among those of its quote."""
        return customizing.line_key(self.variant_id, self.customization_key)
