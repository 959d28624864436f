"""Zones, methods, points and days off, which every quote needs and hardly ever change: each process keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from uuid import UUID

import holidays
import structlog
from django.conf import settings

from cart.shipping import postal, rules
from cart.shipping.models import Holiday, ShippingMethod, ShippingPoint, ShippingZone
from cart.shipping.promise import WEEKEND, Calendar, Clock
from shop.core import cache

log = structlog.get_logger("cart.shipping")


@dataclass(frozen=True, slots=True)
class Method:
    """A method, and what it costs and takes as the rules have it."""

    row: ShippingMethod
    terms: rules.Terms


@dataclass(frozen=True, slots=True)
class Setup:
    """Zones and methods (also those switched off) in their order, points by location, and the merchant's days off by
    country ("": everywhere)."""

    zones: tuple[tuple[UUID, rules.Zone], ...]
    methods: tuple[Method, ...]
    points: Mapping[UUID, ShippingPoint]
    days_off: Mapping[str, frozenset[date]]

    def zone_of(self, country: str, state: str, postal_code: str) -> UUID | None:
        """The first zone that has an address."""
        return next((key for key, zone in self.zones if zone.has(country, state, postal_code)), None)

    def off(self, country: str, state: str, year: int) -> frozenset[date]:
        """Days off in a year and the next one: public holidays there and those that the merchant entered."""
        entered = self.days_off.get("", frozenset()) | self.days_off.get(country, frozenset())
        return entered | public_holidays(country, state, year)

    def clock(self, location: UUID | None, cut_off: time | None, year: int) -> Clock:
        """By which a location hands parcels over; the shop's own where it is no point."""
        point = self.points.get(location) if location else None
        if point is None:
            return Clock(settings.SHOP_TIME_ZONE, cut_off, 0, Calendar(WEEKEND, self.days_off.get("", frozenset())))
        country, state = point.address.get("country", ""), point.address.get("state", "")
        off = self.off(country, state, year) if point.keeps_holidays else frozenset()
        earlier = min(filter(None, (point.cut_off, cut_off)), default=None)
        return Clock(point.time_zone, earlier, point.handling_days, Calendar(weekdays(point.rest_days), off))


def forget() -> None:
    """Read the setup anew from now on."""
    cache.SHIPPING.delete()


@cache.held(cache.SHIPPING)
def setup() -> Setup:
    """As it was when something of it was last changed. Five queries when this process has not seen it, else none."""
    off: dict[str, set[date]] = {}
    for country, day in Holiday.objects.values_list("country", "on"):
        off.setdefault(country, set()).add(day)
    zones = []
    for row in ShippingZone.objects.all():
        try:
            zones.append((row.pk, zone(row)))
        except postal.BadRule as error:  # forms refuse it; who wrote it otherwise loses the zone, not the shop
            log.error("zone left out", zone=row.name, line=str(error))
    return Setup(
        tuple(zones),
        tuple(Method(row, _terms(row)) for row in ShippingMethod.objects.prefetch_related("rates")),
        {row.location_id: row for row in ShippingPoint.objects.all()},
        {country: frozenset(days) for country, days in off.items()},
    )


def _terms(row: ShippingMethod) -> rules.Terms:
    return rules.Terms(
        basis=rules.Basis(row.basis),
        price=row.price_minor,
        bands=tuple(rules.Band(one.up_to, one.price_minor, one.step, one.step_price_minor) for one in row.rates.all()),
        free_from=row.free_from_minor,
        divisor=row.divisor,
        is_per_parcel=row.is_per_parcel,
        least_grams=row.least_grams or 0,
        most_grams=row.most_grams,
        least_value=row.least_value_minor or 0,
        most_value=row.most_value_minor,
        excluded=frozenset(row.excluded.split("\n")) - {""},
    )


def zone(row: ShippingZone) -> rules.Zone:
    """A zone as the rules know it. Raises `postal.BadRule`."""
    return rules.Zone(
        frozenset(row.countries), frozenset(row.states), postal.parse(row.postal_codes), postal.parse(row.but_not)
    )


def weekdays(digits: str) -> frozenset[int]:
    """The days of the week as columns hold them: "56" is Saturday and Sunday."""
    return frozenset(int(digit) for digit in digits if digit in "0123456")


@lru_cache(maxsize=512)
def public_holidays(country: str, state: str, year: int) -> frozenset[date]:
    """Public holidays of a year and the next one, by the library `holidays`; none for a country that it does not
    know. A state that it does not know has those of the country."""
    years = [year, year + 1]
    for part in filter(None, (state, "-")):
        try:
            return frozenset(holidays.country_holidays(country, subdiv=None if part == "-" else part, years=years))
        except NotImplementedError:
            continue
    return frozenset()
