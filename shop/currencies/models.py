"""Currencies and what they were worth."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from shop.core import db
from shop.currencies.rules import MAX_STEP, Mode


class Currency(models.Model):
    """A currency beside the shop's own. `rate` is how many units of it are one unit of that."""

    class Rounding(models.TextChoices):
        HALF_UP = Mode.HALF_UP.value, _("to the nearest")
        UP = Mode.UP.value, _("up")
        DOWN = Mode.DOWN.value, _("down")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    code = models.CharField(_("code"), max_length=3, unique=True, help_text=_("As ISO 4217 has it: EUR."))
    is_active = models.BooleanField(
        _("active"), default=False, help_text=_("Shoppers can choose it. Orders that were placed stay as they are.")
    )
    is_converted = models.BooleanField(
        _("converted"),
        default=True,
        help_text=_("What has no price of its own in this currency is sold at the converted one; else it is not sold."),
    )
    rate = models.DecimalField(_("rate"), null=True, blank=True, max_digits=20, decimal_places=10)
    rated_at = models.DateTimeField(_("as of"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=80, blank=True)
    step_minor = models.PositiveIntegerField(_("rounded to multiples of (minor units)"), default=1)
    ending_minor = models.PositiveIntegerField(_("prices end in (minor units)"), default=0)
    mode = models.CharField(_("rounded"), max_length=10, choices=Rounding, default=Rounding.HALF_UP)

    class Meta:
        verbose_name, verbose_name_plural = _("currency"), _("currencies")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="currency_rate", condition=Q(rate__isnull=True) | Q(rate__gt=0)),
            models.CheckConstraint(
                name="currency_converted_by_a_rate", condition=Q(is_converted=False) | Q(rate__isnull=False)
            ),
            models.CheckConstraint(name="currency_step", condition=Q(step_minor__gte=1, step_minor__lte=MAX_STEP)),
            models.CheckConstraint(name="currency_ending", condition=Q(ending_minor__lt=F("step_minor"))),
            models.CheckConstraint(name="currency_code", condition=Q(code__regex=r"^[A-Z]{3}$")),
        ]

    def __str__(self) -> str:
        return self.code


class ExchangeRate(models.Model):
    """What a currency was worth from a moment on. Append-only: the database refuses all else."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    currency = models.CharField(_("currency"), max_length=3)
    base = models.CharField(_("for one"), max_length=3)
    rate = models.DecimalField(_("rate"), max_digits=20, decimal_places=10)
    at = models.DateTimeField(_("from"), db_default=Now())
    source = models.CharField(_("source"), max_length=80)
    actor = models.CharField(_("by"), max_length=60)

    class Meta:
        verbose_name, verbose_name_plural = _("exchange rate"), _("exchange rates")
        ordering = ["-id"]
        constraints = [models.CheckConstraint(name="exchange_rate_positive", condition=Q(rate__gt=0))]
        indexes = [models.Index("currency", F("id").desc(), name="exchange_rate_latest")]

    def __str__(self) -> str:
        return f"{self.rate} {self.currency}"
