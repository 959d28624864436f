"""Which ways of delivery there are, what they cost, and when they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject, Now
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from cart.shipping import abroad, calendars, live, rules
from cart.shipping.carriers.base import Parcel as Asked
from cart.shipping.carriers.base import Rate
from cart.shipping.models import ShippingMethod, ShippingRate
from cart.shipping.promise import Calendar, promise
from cart.shipping.rules import Goods
from inventory.stock import spreading
from inventory.stock.spreading import Part
from shop.core.money import Money
from shop.currencies import selectors as sold_in
from shop.currencies.rules import Terms as Exchange

LABEL = 80


@dataclass(frozen=True, slots=True)
class Parcel:
    """What would come together, and when. `origin` is where it comes from as shoppers know it, or empty."""

    units: int
    arrives_from: date
    arrives_on: date
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an order is collected."""

    name: str
    address: Mapping[str, str]
    opening_hours: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryOption:
    """A way of delivery that serves the address. `price` after "free from" rules.

    `order_before` is the moment until which the dates hold (None: until midnight). With a `place` it is collected at
    `location_id`; the dates say then when it is ready.
    """

    code: str
    name: str
    price: Money
    arrives_from: date
    arrives_on: date
    parcels: tuple[Parcel, ...] = ()
    order_before: datetime | None = None
    place: Place | None = None
    location_id: UUID | None = None
    quoted_at: datetime | None = None

    @property
    def label(self) -> str:
        """The name as an order keeps it, with the place where it is collected: at most `LABEL` characters."""
        if self.place is None:
            return self.name
        address = self.place.address
        parts = (self.place.name, address.get("address1", ""), address.get("city", ""))
        return Truncator(f"{self.name}: {', '.join(filter(None, parts))}").chars(LABEL)


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is to be delivered where, as methods look at it."""

    currency: str
    subtotal: int
    country: str
    state: str
    postal_code: str
    goods: Sequence[Goods]
    at: datetime
    setup: calendars.Setup
    spread: spreading.Spread | None  # None: nobody knows where the units are, or need not
    exchange: Exchange | None = None  # by which methods of another currency than this are converted


def delivery_options(
    *,
    country: str,
    currency: str,
    subtotal: Money,
    state: str = "",
    postal_code: str = "",
    goods: Sequence[Goods] = (),
    is_placed: bool = False,
) -> list[DeliveryOption]:
    """The methods that serve the address, in their order, priced for goods worth `subtotal` (after discount).

    Those of the first zone that has the address, and those without a zone that name its country; a method with neither
    serves where nothing else does. `is_placed`: the units belong to an order, so that it does not matter what is left
    in stock. One query while this process knows the zones; one more, of the stock, where that makes a difference.
    """
    bands = ShippingRate.objects.filter(method=OuterRef("pk")).values(
        json=JSONObject(up_to="up_to", price="price_minor", step="step", step_price="step_price_minor")
    )
    found, terms = ShippingMethod.objects.filter(is_active=True, currency=currency), sold_in.terms(currency)
    if terms:
        found = ShippingMethod.objects.filter(Q(currency=currency) | Q(is_active=True, currency=terms.base))
    rows: list[Any] = list(found.annotate(moment=Now(), bands=ArraySubquery(bands)))
    if terms:
        rows = abroad.methods(rows, currency)
    setup = calendars.setup()
    serving = _serving(rows, setup, country, state, postal_code)
    if not serving:
        return []
    is_spread = bool(goods) and not is_placed and (len(setup.points) > 1 or _needs_spread(serving))
    wish = _Wish(
        currency, subtotal.minor, country, state, postal_code, goods, serving[0].moment, setup,
        spreading.spread({one.variant_id for one in goods}) if is_spread else None, terms,
    )  # fmt: skip
    return [option for row in serving if (option := _option(row, wish)) is not None]


def _serving(rows: Sequence[Any], setup: calendars.Setup, country: str, state: str, postal_code: str) -> list[Any]:
    zone = setup.zone_of(country, state, postal_code)
    named = [row for row in rows if (row.zone_id == zone if row.zone_id else country in row.countries)]
    if named or zone is not None:
        return named
    return [row for row in rows if not row.zone_id and not row.countries]


def _needs_spread(rows: Sequence[ShippingMethod]) -> bool:
    return any(row.is_per_parcel or row.kind == ShippingMethod.Kind.COLLECT for row in rows)


def _option(row: Any, wish: _Wish) -> DeliveryOption | None:
    """The method as it serves this; None where it does not."""
    parts = _parts(row, wish)
    if parts is None:
        return None
    exchange = wish.exchange if row.currency != wish.currency else None
    terms = abroad.turned(_terms(row), exchange)
    loads = _loads(parts, wish.goods)
    if not rules.takes(terms, loads, [one.keys for one in wish.goods]):
        return None
    try:
        rates = _asked(row, terms, loads, wish)
    except live.NotTaken:
        return None
    price = rules.price(
        terms, loads, subtotal=wish.subtotal, asked=[one.price.minor for one in rates] if rates else None
    )
    if price is None:
        return None
    price = exchange.amount(price) if exchange else price
    parcels, before = _promised(row, parts, rates, wish)
    return DeliveryOption(
        code=row.code,
        name=_(row.name),
        price=Money(price, wish.currency),
        arrives_from=min(one.arrives_from for one in parcels),
        arrives_on=max(one.arrives_on for one in parcels),
        parcels=parcels,
        order_before=before,
        place=_place(row, wish.setup),
        location_id=row.location_id if row.kind == ShippingMethod.Kind.COLLECT else None,
        quoted_at=wish.at,
    )


def _parts(row: Any, wish: _Wish) -> list[Part] | None:
    """From where it would come; None where it is to be collected, and is not there."""
    wanted: dict[UUID, int] = {}
    for one in wish.goods:
        wanted[one.variant_id] = wanted.get(one.variant_id, 0) + one.quantity
    if row.kind == ShippingMethod.Kind.COLLECT:
        if row.location_id not in wish.setup.points:
            return None
        part = wish.spread.at(row.location_id, wanted) if wish.spread else Part(row.location_id, wanted)
        return None if part is None else [part]
    only = next(iter(wish.setup.points)) if len(wish.setup.points) == 1 else None
    if wish.spread is None:
        return [Part(only, wanted)]
    return wish.spread.parts(wanted) or [Part(only, wanted)]


def _loads(parts: Sequence[Part], goods: Sequence[Goods]) -> list[rules.Load]:
    """What each part comes to. Of goods in several parts each has its share; what is in none is in the first."""
    left = {place: one.quantity for place, one in enumerate(goods)}
    taken: list[list[Goods]] = []
    for part in parts:
        here, room = [], dict(part.units)
        for place, one in enumerate(goods):
            units = min(left[place], room.get(one.variant_id, 0))
            if units:
                here.append(_some(one, units))
                left[place] -= units
                room[one.variant_id] -= units
        taken.append(here)
    taken[0] += [_some(one, left[place]) for place, one in enumerate(goods) if left[place]]
    return [rules.load_of(here) for here in taken]


def _some(one: Goods, units: int) -> Goods:
    return Goods(one.variant_id, units, one.value * units // one.quantity, one.grams, one.cubic_mm, one.keys)


def _asked(row: Any, terms: rules.Terms, loads: Sequence[rules.Load], wish: _Wish) -> list[Rate]:
    """What the carrier asks for each charge; nothing where none is asked, or cannot be: the flat price counts."""
    if terms.basis is not rules.Basis.CARRIER or not (wish.postal_code and wish.goods):
        return []
    found = []
    for load in rules.charged(terms, loads):
        value = abroad.declared(
            Money(load.value, wish.currency), wish.exchange if row.currency != wish.currency else None
        )
        parcel = Asked(load.grams, load.cubic_mm, value, wish.country, wish.state, wish.postal_code)
        rate = live.rate(row.carrier, row.service, parcel)
        if rate is None:
            return []
        found.append(rate)
    return found


def _promised(
    row: Any, parts: Sequence[Part], rates: Sequence[Rate], wish: _Wish
) -> tuple[tuple[Parcel, ...], datetime | None]:
    """When each parcel comes, and until when that holds."""
    least = max((one.least_days for one in rates), default=row.min_days)
    most = max((one.most_days for one in rates), default=row.max_days)
    year, points = wish.at.year, wish.setup.points
    transit = Calendar(calendars.weekdays(row.rest_days), wish.setup.off(wish.country, "", year))
    found, before = [], []
    for part in parts:
        clock = wish.setup.clock(part.location_id, row.cut_off, year)
        days = clock.calendar if row.kind == ShippingMethod.Kind.COLLECT else transit
        one = promise(wish.at, clock, least=least, most=most, transit=days, not_before=part.expected_on)
        point = points.get(part.location_id) if part.location_id else None
        origin = point.name if point else ""
        found.append(Parcel(sum(part.units.values()), one.arrives_from, one.arrives_on, origin))
        before.append(one.order_before)
    return tuple(found), min(filter(None, before), default=None)


def _place(row: Any, setup: calendars.Setup) -> Place | None:
    if row.kind != ShippingMethod.Kind.COLLECT:
        return None
    point = setup.points[row.location_id]
    return Place(point.name, point.address, point.opening_hours)


def _terms(row: Any) -> rules.Terms:
    return rules.Terms(
        basis=rules.Basis(row.basis),
        price=row.price_minor,
        bands=tuple(rules.Band(**band) for band in row.bands),
        free_from=row.free_from_minor,
        divisor=row.divisor,
        is_per_parcel=row.is_per_parcel,
        least_grams=row.least_grams or 0,
        most_grams=row.most_grams,
        least_value=row.least_value_minor or 0,
        most_value=row.most_value_minor,
        excluded=frozenset(row.excluded.split("\n")) - {""},
    )


def currencies() -> list[str]:
    """The currencies in which something can be delivered, the shop's own first."""
    known = ShippingMethod.objects.filter(is_active=True).values_list("currency", flat=True).distinct()
    return list(dict.fromkeys([*sold_in.choices(), *sorted(known)]))


def delivery_names() -> dict[str, str]:
    """The name of every way of delivery by its code, whether it is offered now or not. One query."""
    return dict(ShippingMethod.objects.order_by("is_active", "-position").values_list("code", "name"))
