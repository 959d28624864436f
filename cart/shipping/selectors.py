"""Which ways of delivery there are, what they cost, and when they come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from cart.shipping import abroad, calendars, live, rules
from cart.shipping.calendars import Method
from cart.shipping.carriers.base import Parcel as Asked
from cart.shipping.carriers.base import Rate
from cart.shipping.models import ShippingMethod
from cart.shipping.promise import Calendar, promise
from cart.shipping.rules import Goods
from catalog.translations import selectors as translations
from inventory.stock import spreading
from inventory.stock.spreading import Part
from shop.core import db
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
    leaves_on: date | None = None


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
    def is_by_email(self) -> bool:
        """Whether nothing goes to an address."""
        return self.code == rules.BY_EMAIL

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
    at: datetime | None = None,
) -> list[DeliveryOption]:
    """The methods that serve the address, in their order, priced for goods worth `subtotal` (after discount).

    Those of the first zone that has the address, and those without a zone that name its country; a method with neither
    serves where nothing else does. `is_placed`: the units belong to an order, so that it does not matter what is left
    in stock. `at`: what time the database has, if that is known. While this process knows zones and methods no query
    but one for the time, and one of the stock, where that makes a difference.
    """
    setup = calendars.setup()
    serving = _serving(setup, currency, country, state, postal_code)
    if not serving:
        return []
    is_spread = bool(goods) and not is_placed and (len(setup.points) > 1 or _needs_spread(serving))
    wish = _Wish(
        currency, subtotal.minor, country, state, postal_code, goods, at or db.clock(), setup,
        spreading.spread({one.variant_id for one in goods}) if is_spread else None, sold_in.terms(currency),
    )  # fmt: skip
    return [option for one in serving if (option := _option(one.row, one.terms, wish)) is not None]


def by_email(currency: str, *, at: datetime | None = None) -> DeliveryOption:
    """The only way for what needs no delivery: it costs nothing and comes at once. `at` as for `delivery_options`."""
    at = at or db.clock()
    today = timezone.localdate(at)
    return DeliveryOption(rules.BY_EMAIL, _("By e-mail"), Money.zero(currency), today, today, quoted_at=at)


def _serving(setup: calendars.Setup, currency: str, country: str, state: str, postal_code: str) -> list[Method]:
    terms = sold_in.terms(currency)
    methods = abroad.methods(setup.methods, currency, converted_from=terms.base if terms else None)
    zone = setup.zone_of(country, state, postal_code)
    named = [one for one in methods if (one.row.zone_id == zone if one.row.zone_id else country in one.row.countries)]
    if named or zone is not None:
        return named
    return [one for one in methods if not one.row.zone_id and not one.row.countries]


def _needs_spread(methods: Sequence[Method]) -> bool:
    return any(one.row.is_per_parcel or one.row.kind == ShippingMethod.Kind.COLLECT for one in methods)


def _option(row: ShippingMethod, terms: rules.Terms, wish: _Wish) -> DeliveryOption | None:
    """The method as it serves this; None where it does not."""
    parts = _parts(row, wish)
    if parts is None:
        return None
    exchange = wish.exchange if row.currency != wish.currency else None
    terms = abroad.turned(terms, exchange)
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
        name=translations.said(row.name),
        price=Money(price, wish.currency),
        arrives_from=min(one.arrives_from for one in parcels),
        arrives_on=max(one.arrives_on for one in parcels),
        parcels=parcels,
        order_before=before,
        place=_place(row, wish.setup),
        location_id=row.location_id if row.kind == ShippingMethod.Kind.COLLECT else None,
        quoted_at=wish.at,
    )


def _parts(row: ShippingMethod, wish: _Wish) -> list[Part] | None:
    """From where it would come; None where it is to be collected, and is not there."""
    wanted: dict[UUID, int] = {}
    for one in wish.goods:
        wanted[one.variant_id] = wanted.get(one.variant_id, 0) + one.quantity
    if row.kind == ShippingMethod.Kind.COLLECT:
        if row.location_id is None or row.location_id not in wish.setup.points:
            return None
        part = wish.spread.at(row.location_id, wanted) if wish.spread else Part(row.location_id, wanted)
        return None if part is None else [part]
    only = next(iter(wish.setup.points)) if len(wish.setup.points) == 1 else None
    if wish.spread is None:
        return [Part(only, wanted)]
    return wish.spread.parts(wanted) or [Part(only, wanted)]


def _loads(parts: Sequence[Part], goods: Sequence[Goods]) -> list[rules.Load]:
    """What each part comes to. Of goods in several parts each has its share, and all parts the whole value; what is in
    none is in the first."""
    if len(parts) == 1:
        return [rules.load_of(goods)]
    left = {place: one.quantity for place, one in enumerate(goods)}
    taken: list[list[Goods]] = []
    for part in parts:
        here, room = [], dict(part.units)
        for place, one in enumerate(goods):
            units = min(left[place], room.get(one.variant_id, 0))
            if units:
                here.append(_some(one, units, left[place]))
                left[place] -= units
                room[one.variant_id] -= units
        taken.append(here)
    taken[0] += [_some(one, left[place], left[place]) for place, one in enumerate(goods) if left[place]]
    return [rules.load_of(here) for here in taken]


def _some(one: Goods, units: int, left: int) -> Goods:
    """So many units of what is left of them, at their share of the value; the last ones take what is left of that."""
    taken = one.quantity - left
    value = one.value * (taken + units) // one.quantity - one.value * taken // one.quantity
    return Goods(one.variant_id, units, value, one.grams, one.cubic_mm, one.keys)


def _asked(row: ShippingMethod, terms: rules.Terms, loads: Sequence[rules.Load], wish: _Wish) -> list[Rate]:
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
    row: ShippingMethod, parts: Sequence[Part], rates: Sequence[Rate], wish: _Wish
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
        origin = translations.said(point.name) if point else ""
        found.append(Parcel(sum(part.units.values()), one.arrives_from, one.arrives_on, origin, one.leaves_on))
        before.append(one.order_before)
    return tuple(found), min(filter(None, before), default=None)


def _place(row: ShippingMethod, setup: calendars.Setup) -> Place | None:
    if row.kind != ShippingMethod.Kind.COLLECT or row.location_id is None:
        return None
    point = setup.points[row.location_id]
    hours = translations.said(point.opening_hours) if point.opening_hours else ""
    return Place(translations.said(point.name), point.address, hours)


def currencies() -> list[str]:
    """The currencies in which something can be delivered, the shop's own first."""
    known = ShippingMethod.objects.filter(is_active=True).values_list("currency", flat=True).distinct()
    return list(dict.fromkeys([*sold_in.choices(), *sorted(known)]))


def is_delivered_in(currency: str) -> bool:
    """Whether there is any way of delivery in a currency, wherever to."""
    return not lack(currency, is_converted=sold_in.terms(currency) is not None)


def lack(currency: str, *, is_converted: bool) -> str:
    """What the merchant must know of a currency in which nothing can be delivered, wherever to; else nothing."""
    converted_from = settings.DEFAULT_CURRENCY if is_converted else None
    if abroad.methods(calendars.setup().methods, currency, converted_from=converted_from):
        return ""
    return _("No way of delivery has a price in %(currency)s: nothing can be ordered in it.") % {"currency": currency}


def delivery_names() -> dict[str, str]:
    """The name of every way of delivery by its code, whether it is offered now or not. One query."""
    return dict(ShippingMethod.objects.order_by("is_active", "-position").values_list("code", "name"))
