"""Discounts by coupon code, and how often each was used. The limits are the database's."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from shop.core import db


class Coupon(models.Model):
    """A code that takes a percentage or an amount off an order, between its dates, a limited number of times."""

    class Kind(models.TextChoices):
        PERCENT = "percent", _("percent")
        AMOUNT = "amount", _("amount")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    code = models.CharField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)  # shown on the cart and the order
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    percent = models.DecimalField(_("percent"), max_digits=5, decimal_places=2, null=True, blank=True)
    amount_minor = models.BigIntegerField(_("amount (minor units)"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    minimum_minor = models.BigIntegerField(_("from a subtotal of (minor units)"), default=0)
    starts_at = models.DateTimeField(_("starts"), null=True, blank=True)
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    usage_limit = models.PositiveIntegerField(_("uses, at most"), null=True, blank=True)
    used = models.PositiveIntegerField(default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("coupon"), _("coupons")
        constraints = [
            models.UniqueConstraint(Upper("code"), name="coupon_code_once"),
            models.CheckConstraint(
                name="coupon_shape",
                condition=Q(kind="percent", percent__gt=0, percent__lte=100, amount_minor__isnull=True)
                | Q(kind="amount", amount_minor__gt=0, percent__isnull=True),
            ),
            models.CheckConstraint(
                name="coupon_within_limit", condition=Q(usage_limit__isnull=True) | Q(used__lte=F("usage_limit"))
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Redemption(models.Model):
    """One use of a coupon by one order; given back once when the order is cancelled."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    coupon = models.ForeignKey(Coupon, models.PROTECT, related_name="redemptions")
    order_id = models.UUIDField()
    customer_id = models.UUIDField(null=True, blank=True)
    amount_minor = models.BigIntegerField()
    redeemed_at = models.DateTimeField(db_default=Now())
    returned_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("redemption"), _("redemptions")
        constraints = [models.UniqueConstraint("coupon", "order_id", name="redemption_once")]
