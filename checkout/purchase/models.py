"""What a shopper has entered so far on the way to an order."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.core import db


def new_key() -> str:
    """What makes two clicks on "Pay" one order: 256 random bits."""
    return secrets.token_urlsafe(32)


class CheckoutDetails(models.Model):
    """Contact, address and delivery of an open cart, kept between the steps and until the order is placed.

    `attempt` names the try to place an order that goes on now (key and cart version) and `order_id` the order it is
    to become, so that two clicks hold the same units for the same order.
    """

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    cart_id = models.UUIDField(unique=True)
    email = models.EmailField(blank=True)
    shipping_address = models.JSONField(default=dict)
    billing_address = models.JSONField(default=dict, blank=True)
    delivery_option = models.CharField(max_length=40, blank=True)
    idempotency_key = models.CharField(max_length=64, default=new_key)  # of the order this checkout will become
    attempt = models.CharField(max_length=300, blank=True)
    order_id = models.UUIDField(null=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("checkout details")

    def __str__(self) -> str:
        return str(self.cart_id)
