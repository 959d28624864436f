"""What a shopper has entered so far on the way to an order."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from shop.core import db


class CheckoutDetails(models.Model):
    """Contact, address and delivery of an open cart, kept between the steps and until the order is placed."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    cart_id = models.UUIDField(unique=True)
    email = models.EmailField(blank=True)
    shipping_address = models.JSONField(default=dict)
    billing_address = models.JSONField(default=dict, blank=True)
    delivery_option = models.CharField(max_length=40, blank=True)
    idempotency_key = models.CharField(max_length=64)  # of the order this checkout will become
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = _("checkout details")
