"""Drafts: what the desk has noted of an order that is not placed yet."""

from __future__ import annotations

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from checkout.purchase.models import new_key
from shop.core import db


class NextNumber(models.Func):
    """The next number of a draft."""

    template = "nextval('checkout_draft_number')"
    output_field = models.BigIntegerField()


class Draft(models.Model):
    """Whom an order is for and how it goes there. `cart_id` is the cart that holds its lines, currency, language and
    coupons; that cart's version is the draft's. `order_id` is what became of it."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    number = models.BigIntegerField(_("number"), unique=True, db_default=NextNumber())
    cart_id = models.UUIDField(unique=True)
    customer_id = models.UUIDField(_("customer"), null=True, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    shipping_address = models.JSONField(_("delivery address"), default=dict, blank=True)
    billing_address = models.JSONField(_("billing address"), default=dict, blank=True)  # empty: the same
    delivery_option = models.CharField(_("delivery"), max_length=40, blank=True)
    po_number = models.CharField(_("purchase order number"), max_length=60, blank=True)
    gift_message = models.CharField(_("gift message"), max_length=500, blank=True)
    vat_id = models.CharField(_("VAT id"), max_length=20, blank=True, db_default="")
    note = models.CharField(_("note"), max_length=2000, blank=True)  # for staff; goes with the order
    key = models.CharField(max_length=64, unique=True, default=new_key)  # of the order this becomes
    order_id = models.UUIDField(null=True, blank=True, unique=True)
    actor = models.CharField(_("by"), max_length=80)
    created_at = models.DateTimeField(_("made"), db_default=Now())
    updated_at = models.DateTimeField(_("changed"), db_default=Now())
    placed_at = models.DateTimeField(_("placed"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("draft order"), _("draft orders")
        ordering = ["-id"]
        default_permissions = ("view",)
        indexes = [
            models.Index(F("id").desc(), condition=Q(order_id__isnull=True), name="draft_open"),
            models.Index(OpClass("email", name="varchar_pattern_ops"), F("id").desc(), name="draft_email"),
        ]
        constraints = [
            models.CheckConstraint(
                name="draft_placed",
                condition=Q(order_id__isnull=True, placed_at__isnull=True)
                | Q(order_id__isnull=False, placed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"D-{self.number:06d}"
