"""Who is served, and what a delivery costs: pure functions.

Weights are grams, measures millimetres, amounts minor units of the method's currency.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from cart.shipping import postal
from shop.core.money import MAX_MINOR

BY_EMAIL = "email"  # the code of the way that is no method of the merchant's: nothing of it goes to an address


class Basis(StrEnum):
    """What a method's price goes by."""

    FLAT = "flat"
    WEIGHT = "weight"
    PRICE = "price"
    QUANTITY = "quantity"
    CARRIER = "carrier"  # which is asked


@dataclass(frozen=True, slots=True)
class Goods:
    """Units of one variant. `value` is what all of them cost after discounts, `grams` (0: not known) and `cubic_mm` are
    of one unit, `keys` what it is ("category:…", "product:…", "tag:…")."""

    variant_id: UUID
    quantity: int
    value: int = 0
    grams: int = 0
    cubic_mm: int = 0
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Load:
    """What counts of a parcel, or of several: weight, room, value and units."""

    grams: int = 0
    cubic_mm: int = 0
    value: int = 0
    units: int = 0

    def __add__(self, other: Load) -> Load:
        return Load(
            self.grams + other.grams,
            self.cubic_mm + other.cubic_mm,
            self.value + other.value,
            self.units + other.units,
        )


@dataclass(frozen=True, slots=True)
class Band:
    """What is paid up to `up_to`, itself among it, from where the band below ends (0 for the lowest); None: without
    end. With a `step`, `step_price` more for every started one in the band."""

    up_to: int | None
    price: int
    step: int | None = None
    step_price: int = 0


@dataclass(frozen=True, slots=True)
class Zone:
    """Where: countries, in them the states (none: all), and postcodes (none: all) but those left out."""

    countries: frozenset[str]
    states: frozenset[str] = frozenset()  # "US-IL"
    postal_codes: tuple[postal.Rule, ...] = ()
    but_not: tuple[postal.Rule, ...] = ()

    def has(self, country: str, state: str, postal_code: str) -> bool:
        """Whether an address is in it. Who gives no postcode is not in a zone of some postcodes only."""
        named = {one for one in self.states if one.startswith(f"{country}-")}
        if country not in self.countries or (named and f"{country}-{state}" not in named):
            return False
        if self.postal_codes and not postal.matches(self.postal_codes, postal_code, country):
            return False
        return not postal.matches(self.but_not, postal_code, country)


@dataclass(frozen=True, slots=True)
class Terms:
    """How a method is priced, and what it takes. Weights are of each parcel, values of all goods; both ends count.

    `price` is the flat one; for a carrier, the one where it cannot be asked. `divisor`: cubic centimetres that count as
    a kilogram; None: room does not count. `excluded` are keys of what it does not carry.
    """

    basis: Basis = Basis.FLAT
    price: int = 0
    bands: tuple[Band, ...] = ()
    free_from: int | None = None
    divisor: int | None = None
    is_per_parcel: bool = False
    least_grams: int = 0
    most_grams: int | None = None
    least_value: int = 0
    most_value: int | None = None
    excluded: frozenset[str] = frozenset()


def load_of(goods: Iterable[Goods]) -> Load:
    """What these goods come to together."""
    grams = cubic_mm = value = units = 0
    for one in goods:
        grams += one.grams * one.quantity
        cubic_mm += one.cubic_mm * one.quantity
        value += one.value
        units += one.quantity
    return Load(grams, cubic_mm, value, units)


def weight(load: Load, divisor: int | None) -> int:
    """The grams that count: the greater of actual and dimensional weight, which is volume through divisor.

    cm³ / divisor is kilograms, so mm³ / divisor is grams; a part of a gram counts as one.
    """
    return max(load.grams, -(-load.cubic_mm // divisor) if divisor else 0)


def takes(terms: Terms, loads: Sequence[Load], keys: Iterable[frozenset[str]]) -> bool:
    """Whether a method carries goods of these keys in parcels of these loads."""
    if any(not terms.excluded.isdisjoint(one) for one in keys):
        return False
    if not _within(sum(load.value for load in loads), terms.least_value, terms.most_value):
        return False
    parcels = loads if terms.is_per_parcel else [sum(loads, Load())]
    return all(_within(weight(load, terms.divisor), terms.least_grams, terms.most_grams) for load in parcels)


def price(terms: Terms, loads: Sequence[Load], *, subtotal: int, asked: Sequence[int] | None = None) -> int | None:
    """What the delivery of these parcels costs; None where no band is wide enough, or for more than an amount can be.

    Nothing from a subtotal (after discount) of `free_from`. `asked` are a carrier's answers, one for each charge.
    """
    if terms.free_from is not None and subtotal >= terms.free_from:
        return 0
    total = 0
    for place, load in enumerate(charged(terms, loads)):
        one = asked[place] if asked is not None else _rate(terms, load)
        if one is None:
            return None
        total += one
    return total if total <= MAX_MINOR else None


def charged(terms: Terms, loads: Sequence[Load]) -> Sequence[Load]:
    """What is charged for: each parcel, or all of it once."""
    return loads if terms.is_per_parcel else [sum(loads, Load())]


def _rate(terms: Terms, load: Load) -> int | None:
    if terms.basis in (Basis.FLAT, Basis.CARRIER):
        return terms.price
    amount = {
        Basis.WEIGHT: weight(load, terms.divisor),
        Basis.PRICE: load.value,
        Basis.QUANTITY: load.units,
    }[terms.basis]
    return band_price(terms.bands, amount)


def band_price(bands: Iterable[Band], amount: int) -> int | None:
    """The price of the first band that reaches `amount`; None if none does."""
    below = 0
    for band in sorted(bands, key=lambda one: (one.up_to is None, one.up_to or 0)):
        if band.up_to is None or amount <= band.up_to:
            steps = -(-max(0, amount - below) // band.step) if band.step else 0
            return band.price + steps * band.step_price
        below = band.up_to
    return None


def _within(amount: int, least: int, most: int | None) -> bool:
    return amount >= least and (most is None or amount <= most)
