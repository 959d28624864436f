"""The ways of delivery: where to, what they cost, from where parcels leave, and on which days nobody works."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shop.core import db
from shop.core.money import MAX_MINOR

MAX_GRAMS = 100_000_000  # a hundred tonnes


class ShippingZone(models.Model):
    """Where some methods deliver to. An address belongs to the first zone that has it, by position."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    name = models.CharField(_("name"), max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(
        _("position"), default=100, help_text=_("An address belongs to the first zone that has it.")
    )
    countries = models.JSONField(_("countries"), default=list)  # ISO codes
    states = models.JSONField(_("states"), default=list, blank=True)  # "US-AK"; none of a country: all of it
    postal_codes = models.TextField(
        _("only these postcodes"), blank=True, max_length=60_000,
        help_text=_("One a line: 10115, 101*, 10000-19999, SW1, AB31-AB38. Nothing: all."),
    )  # fmt: skip
    but_not = models.TextField(_("but not these postcodes"), blank=True, max_length=60_000)

    class Meta:
        verbose_name, verbose_name_plural = _("delivery zone"), _("delivery zones")
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class ShippingMethod(models.Model):
    """A way of delivery: where to, what it costs in one currency, what it takes, and how long that takes.

    With a zone it serves the addresses of that; without one, `countries`. `excluded` are keys of goods that it does not
    carry, one a line. `rest_days` are those of the week on which it does not deliver (Monday is 0).
    """

    class Kind(models.TextChoices):
        DELIVER = "deliver", _("delivered")
        COLLECT = "collect", _("collected from a location")

    class Basis(models.TextChoices):
        FLAT = "flat", _("one price")
        WEIGHT = "weight", _("by weight")
        PRICE = "price", _("by the goods' price")
        QUANTITY = "quantity", _("by the number of units")
        CARRIER = "carrier", _("asked of a carrier")

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    code = models.SlugField(_("code"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    zone = models.ForeignKey(
        ShippingZone, models.PROTECT, null=True, blank=True, related_name="methods", verbose_name=_("zone")
    )
    countries = models.JSONField(_("countries"), default=list, blank=True)  # ISO codes; empty: those no method names
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.DELIVER, db_default=Kind.DELIVER)
    location_id = models.UUIDField(_("location"), null=True, blank=True)  # where it is collected
    currency = models.CharField(_("currency"), max_length=3)
    basis = models.CharField(_("priced"), max_length=10, choices=Basis, default=Basis.FLAT, db_default=Basis.FLAT)
    price_minor = models.BigIntegerField(_("price (minor units)"))
    free_from_minor = models.BigIntegerField(_("free from (minor units)"), null=True, blank=True)
    divisor = models.PositiveIntegerField(
        _("divisor of the volume"), null=True, blank=True,
        help_text=_("cm³ that count as 1 kg, as carriers say: 5000 or 6000 (139 in³ for 1 lb is 5022)."),
    )  # fmt: skip
    is_per_parcel = models.BooleanField(
        _("charged for each parcel"), default=False, db_default=False,
        help_text=_("Where goods come from several locations; else once."),
    )  # fmt: skip
    carrier = models.CharField(_("carrier"), max_length=40, blank=True, default="", db_default="")
    service = models.CharField(_("its service"), max_length=80, blank=True, default="", db_default="")
    least_grams = models.PositiveIntegerField(_("weight, at least (g)"), null=True, blank=True)
    most_grams = models.PositiveIntegerField(_("weight, at most (g)"), null=True, blank=True)
    least_value_minor = models.BigIntegerField(_("goods worth at least (minor units)"), null=True, blank=True)
    most_value_minor = models.BigIntegerField(_("goods worth at most (minor units)"), null=True, blank=True)
    excluded = models.TextField(blank=True, default="", db_default="")
    cut_off = models.TimeField(
        _("order by"), null=True, blank=True, help_text=_("Where it is earlier than the location's.")
    )
    min_days = models.PositiveSmallIntegerField(_("days, at least"), default=2)
    max_days = models.PositiveSmallIntegerField(_("days, at most"), default=5)
    rest_days = models.CharField(_("no delivery on"), max_length=7, blank=True, default="56", db_default="56")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name, verbose_name_plural = _("delivery method"), _("delivery methods")
        ordering = ["position", "price_minor"]
        constraints = [
            models.UniqueConstraint(
                "code", "currency", name="shipping_method_once",
                violation_error_message=_("There is a delivery method with this code in this currency already."),
            ),
            models.CheckConstraint(
                name="shipping_method_sane", condition=Q(price_minor__gte=0, max_days__gte=F("min_days")),
                violation_error_message=_("A price is below zero, or the most days are fewer than the least."),
            ),
            models.CheckConstraint(
                name="shipping_method_shape",
                violation_error_message=_("What is collected has a location, and a carrier that is asked has a name."),
                condition=(~Q(kind="collect") | Q(location_id__isnull=False)) & (~Q(basis="carrier") | ~Q(carrier="")),
            ),
            models.CheckConstraint(
                name="shipping_method_limits",
                violation_error_message=_("A price or a limit is out of range, or the most is less than the least."),
                condition=Q(price_minor__lte=MAX_MINOR)
                & (Q(free_from_minor__isnull=True) | Q(free_from_minor__gte=0))
                & (Q(divisor__isnull=True) | Q(divisor__gt=0))
                & (Q(least_value_minor__isnull=True) | Q(least_value_minor__gte=0))
                & (Q(most_value_minor__isnull=True) | Q(most_value_minor__gte=0))
                & (
                    Q(least_value_minor__isnull=True)
                    | Q(most_value_minor__isnull=True)
                    | Q(most_value_minor__gte=F("least_value_minor"))
                )
                & (
                    Q(least_grams__isnull=True)
                    | Q(most_grams__isnull=True)
                    | Q(most_grams__gte=F("least_grams"))
                ),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} ({self.currency})"


class ShippingRate(models.Model):
    """A band of a method's prices: up to so many grams, minor units or units, from where the band below ends.

    Bands are told by their upper ends, so none can overlap another one and there is no gap between two.
    """

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    method = models.ForeignKey(ShippingMethod, models.CASCADE, related_name="rates")
    up_to = models.BigIntegerField(null=True, blank=True)  # itself among it; None: without end
    price_minor = models.BigIntegerField()
    step = models.BigIntegerField(null=True, blank=True)
    step_price_minor = models.BigIntegerField(default=0)

    class Meta:
        verbose_name, verbose_name_plural = _("rate"), _("rates")
        ordering = ["up_to"]
        constraints = [
            models.UniqueConstraint(
                fields=["method", "up_to"], name="shipping_rate_once", nulls_distinct=False,
                violation_error_message=_("Two rates end at the same place."),
            ),
            models.CheckConstraint(
                name="shipping_rate_sane",
                violation_error_message=_("A price is not below zero, and a band ends somewhere above it."),
                condition=Q(price_minor__gte=0, price_minor__lte=MAX_MINOR)
                & Q(step_price_minor__gte=0, step_price_minor__lte=MAX_MINOR)
                & (Q(up_to__isnull=True) | Q(up_to__gt=0, up_to__lte=MAX_MINOR))
                & (Q(step__isnull=True) | Q(step__gt=0)),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return "" if self.up_to is None else str(self.up_to)


class ShippingPoint(models.Model):
    """A location as delivery knows it: where it stands, by which clock parcels leave, and when it is open.

    Locations without one count by the shop's own clock, without a cut-off.
    """

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    location_id = models.UUIDField(_("location"), unique=True)
    name = models.CharField(_("name"), max_length=80, help_text=_("As shoppers know it."))
    address = models.JSONField(default=dict)  # the parts of `shop.core.addresses.FIELDS` that a place has
    time_zone = models.CharField(_("time zone"), max_length=64)
    cut_off = models.TimeField(
        _("order by"), null=True, blank=True, help_text=_("What is ordered later counts as of the next working day.")
    )
    handling_days = models.PositiveSmallIntegerField(_("days of handling"), default=0)
    rest_days = models.CharField(_("closed on"), max_length=7, blank=True, default="56")
    keeps_holidays = models.BooleanField(
        _("closed on public holidays"), default=True, help_text=_("Of its country and state, and those entered here.")
    )
    opening_hours = models.CharField(_("opening hours"), max_length=200, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("shipping point"), _("shipping points")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="shipping_point_handling",
                violation_error_message=_("At most 90 days of handling."),
                condition=Q(handling_days__lte=90),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Holiday(models.Model):
    """A day on which parcels neither leave nor come in a country (empty: anywhere), beside its public holidays."""

    id = models.UUIDField(primary_key=True, default=db.uuid7, editable=False)
    on = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=80)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text=_("Nothing: everywhere."))

    class Meta:
        verbose_name, verbose_name_plural = _("holiday"), _("holidays")
        ordering = ["-on"]
        constraints = [
            models.UniqueConstraint(
                fields=["on", "country"],
                name="holiday_once",
                violation_error_message=_("There is a holiday of this country on this day already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
