"""Tax rates."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from shop.core import db


class TaxRate(models.Model):
    """A rate for one tax class in a country (or one of its states), from a date on. The most specific one counts."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    name = models.CharField(_("name"), max_length=80)  # shown: "NY sales tax", "VAT"
    country = CountryField(_("country"))
    state = models.CharField(_("state"), max_length=100, blank=True)  # blank: the whole country
    tax_class = models.CharField(_("tax class"), max_length=40, default="standard")
    rate = models.DecimalField(_("rate"), max_digits=7, decimal_places=5)  # 0.08875 is 8.875 %
    is_included = models.BooleanField(_("included in prices"), default=False)
    applies_to_shipping = models.BooleanField(_("on shipping, too"), default=False)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("tax rate"), _("tax rates")
        constraints = [
            models.CheckConstraint(name="tax_rate_range", condition=Q(rate__gte=0, rate__lte=1)),
            models.CheckConstraint(
                name="tax_rate_dates", condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from"))
            ),
            models.UniqueConstraint("country", "state", "tax_class", "valid_from", name="tax_rate_once"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.rate}"
