"""Tax rates, how a country's tax is worked out and shown, who is exempt, and what was heard of VAT ids."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Now, Upper
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from django_countries.fields import CountryField

from cart.tax import rules
from shop.core import db

ENDS_BEFORE = _("The last day is before the first one.")
NO_COUNTRY = _("Say of which country this is a state.")
_PROBLEMS = {
    "empty": _("There is nothing between two commas, or before a star."),
    "range": _("A range goes from a lower code to a higher one of the same length, as 90001..90899."),
    "star": _("A star stands only at the end, as in K1A*."),
}


def check_postal_codes(pattern: str) -> None:
    """Raise `ValidationError` for what `rules.in_postal_codes` would not understand."""
    if problem := rules.postal_problem(pattern):
        raise ValidationError(_PROBLEMS[problem])


class TaxRate(models.Model):
    """A rate for one tax class at a place (a country, a state, postal codes), from a date on.

    Of the rates of one level the one for the smallest place counts; those of different levels stack.
    """

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    name = models.CharField(
        _("name"), max_length=80, help_text=_("Shown to shoppers and on invoices: “VAT”, “NY sales tax”.")
    )
    country = CountryField(_("country"))
    state = models.CharField(
        _("state"), max_length=100, blank=True, help_text=_("Its code, as NY. Empty: the whole country.")
    )
    postal_codes = models.CharField(
        _("postal codes"), max_length=500, blank=True, db_default="", validators=[check_postal_codes],
        help_text=_("Codes, beginnings (K1A*) and ranges (90001..90899), with commas. Empty: everywhere there."),
    )  # fmt: skip
    tax_class = models.CharField(_("tax class"), max_length=40, default="standard")
    rate = models.DecimalField(
        _("rate"), max_digits=7, decimal_places=5, validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text=_("As a fraction: 0.08875 is 8.875 %."),
    )  # fmt: skip
    level = models.PositiveSmallIntegerField(
        _("level"), default=1, db_default=1, validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text=_("Rates of different levels are added up: 1 for the country or state, 2 for what comes on top."),
    )  # fmt: skip
    is_compound = models.BooleanField(
        _("tax on tax"), default=False, db_default=False,
        help_text=_("On the price and the taxes of lower levels. Hardly any country still has one."),
    )  # fmt: skip
    is_included = models.BooleanField(
        _("included in prices"), default=False, help_text=_("Prices contain this tax already.")
    )
    applies_to_shipping = models.BooleanField(_("on shipping, too"), default=False)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("The last day. Empty: until further notice.")
    )
    source = models.CharField(_("source"), max_length=200, blank=True, db_default="")
    source_on = models.DateField(_("as of"), null=True, blank=True, help_text=_("When the source said so."))
    data_set = models.CharField(max_length=20, blank=True, db_default="", editable=False)  # it was loaded with

    class Meta:
        verbose_name, verbose_name_plural = _("tax rate"), _("tax rates")
        ordering = ["country", "state", "tax_class", "level", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                name="tax_rate_range", condition=Q(rate__gte=0, rate__lte=1),
                violation_error_message=_("A rate is from 0 to 100 percent."),
            ),
            models.CheckConstraint(
                name="tax_rate_dates", condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                violation_error_message=ENDS_BEFORE,
            ),
            models.CheckConstraint(
                name="tax_rate_level", condition=Q(level__gte=1, level__lte=9),
                violation_error_message=_("Levels are from 1 to 9."),
            ),
            ExclusionConstraint(
                name="tax_rate_one_at_a_time",
                expressions=[
                    ("country", RangeOperators.EQUAL),
                    (Upper("state"), RangeOperators.EQUAL),
                    ("postal_codes", RangeOperators.EQUAL),
                    ("tax_class", RangeOperators.EQUAL),
                    ("level", RangeOperators.EQUAL),
                    (
                        Func(F("valid_from"), F("valid_until"), Value("[]"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_(
                    "Another rate of this level is in force there at the same time. End it first, or choose a level."
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} {(self.rate * 100).normalize():f} %"


class TaxConfiguration(models.Model):
    """How tax is worked out and shown where goods go to: one row for all countries, and one for each that differs."""

    class Entry(models.TextChoices):
        RATE = "rate", _("as each tax rate says")
        GROSS = "gross", _("prices include tax")
        NET = "net", _("tax comes on top of prices")

    class Shown(models.TextChoices):
        ENTERED = "entered", _("as they are entered")
        GROSS = "gross", _("with tax")
        NET = "net", _("without tax")

    class RoundingMode(models.TextChoices):
        HALF_UP = rules.Rounding.HALF_UP.value, _("half a cent up")
        HALF_EVEN = rules.Rounding.HALF_EVEN.value, _("half a cent to the even one")
        UP = rules.Rounding.UP.value, _("always up")
        DOWN = rules.Rounding.DOWN.value, _("always down")

    class RoundingLevel(models.TextChoices):
        LINE = rules.Level.LINE.value, _("each line")
        ORDER = rules.Level.ORDER.value, _("the whole order")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    country = CountryField(_("country"), blank=True, unique=True, help_text=_("Empty: wherever no other row is for."))
    is_taxed = models.BooleanField(_("charge tax"), default=True)
    entry = models.CharField(_("prices are entered"), max_length=8, choices=Entry, default=Entry.RATE)
    keeps_prices = models.BooleanField(
        _("the same prices as at home"), default=True,
        help_text=_("What a price comes to stays, whatever its tax. Off: the tax of home is taken out of it, and the "
                    "tax of the country takes its place."),
    )  # fmt: skip
    shown = models.CharField(_("prices are shown"), max_length=8, choices=Shown, default=Shown.ENTERED)
    rounding = models.CharField(_("rounding"), max_length=10, choices=RoundingMode, default=RoundingMode.HALF_UP)
    rounding_level = models.CharField(_("rounded for"), max_length=8, choices=RoundingLevel, default=RoundingLevel.LINE)
    service = models.CharField(
        _("tax service"), max_length=20, blank=True, help_text=_("Empty: the tax rates of this shop.")
    )
    trusts_vat_ids = models.BooleanField(
        _("trust VAT ids that could not be checked"), default=False,
        help_text=_("While the register does not answer, an id of the right form counts. Off: tax is charged."),
    )  # fmt: skip

    class Meta:
        verbose_name, verbose_name_plural = _("tax setting"), _("tax settings")
        ordering = ["country"]

    def __str__(self) -> str:
        return str(countries.name(str(self.country)) or _("All other countries"))


class TaxExemption(models.Model):
    """A customer who pays no tax in a country (or anywhere), with the certificate that says so."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    email = models.EmailField(
        _("e-mail"), help_text=_("Of the customer’s account: it counts for who is signed in with it.")
    )
    country = CountryField(_("country"), blank=True, help_text=_("Empty: everywhere."))
    state = models.CharField(_("state"), max_length=100, blank=True, help_text=_("Empty: the whole country."))
    reason = models.CharField(_("reason"), max_length=120, help_text=_("“Resale”, “Charity”, “Diplomatic mission”."))
    certificate = models.CharField(_("certificate"), max_length=80, blank=True, help_text=_("Its number."))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    actor = models.CharField(max_length=80, blank=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("tax exemption"), _("tax exemptions")
        ordering = ["email", "country"]
        constraints = [
            models.CheckConstraint(
                name="tax_exemption_dates", condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                violation_error_message=ENDS_BEFORE,
            ),
            models.CheckConstraint(
                name="tax_exemption_place", condition=Q(state="") | ~Q(country=""), violation_error_message=NO_COUNTRY
            ),
        ]  # fmt: skip
        indexes = [models.Index(Lower("email"), name="tax_exemption_email")]

    def __str__(self) -> str:
        return f"{self.email} {self.reason}"


class VatCheck(models.Model):
    """What the register last said of a VAT id; `reference` proves that it was asked."""

    vat_id = models.CharField(_("VAT id"), max_length=20, primary_key=True)
    is_valid = models.BooleanField(_("valid"))
    reference = models.CharField(_("reference"), max_length=80, blank=True)
    checked_at = models.DateTimeField(_("checked"), db_default=Now())

    class Meta:
        verbose_name, verbose_name_plural = _("VAT id check"), _("VAT id checks")
        ordering = ["-checked_at"]

    def __str__(self) -> str:
        return self.vat_id
