"""The ways of delivery."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shop.core import db


class ShippingMethod(models.Model):
    """A way of delivery: where to, its price in one currency, from which subtotal it is free, and how long it takes."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    countries = models.JSONField(_("countries"), default=list, blank=True)  # ISO codes; empty: those no method names
    currency = models.CharField(_("currency"), max_length=3)
    price_minor = models.BigIntegerField(_("price (minor units)"))
    free_from_minor = models.BigIntegerField(_("free from (minor units)"), null=True, blank=True)
    min_days = models.PositiveSmallIntegerField(_("days, at least"), default=2)
    max_days = models.PositiveSmallIntegerField(_("days, at most"), default=5)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("delivery method"), _("delivery methods")
        ordering = ["position", "price_minor"]
        constraints = [
            models.UniqueConstraint("code", "currency", name="shipping_method_once"),
            models.CheckConstraint(
                name="shipping_method_sane", condition=Q(price_minor__gte=0, max_days__gte=F("min_days"))
            ),
        ]

    def __str__(self) -> str:
        return self.name
