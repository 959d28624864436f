"""Tax as pure arithmetic on minor units: what rates come to, rounded as a country wants it.

Included rates are taken out of a price together: net = price / (1 + their sum). Rates on top are of that net price. A
compound rate is on the net price and the taxes before it, as Quebec's was until 2012.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from shop.core.money import Money


class Rounding(StrEnum):
    """How a part of a minor unit is rounded. `UP` and `DOWN` are away from and towards nought."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    UP = "up"
    DOWN = "down"


class Level(StrEnum):
    """What is rounded: each line's tax, or the tax of the whole order, of which lines get their shares then."""

    LINE = "line"
    ORDER = "order"


@dataclass(frozen=True, slots=True)
class How:
    """How tax is rounded."""

    rounding: Rounding = Rounding.HALF_UP
    level: Level = Level.LINE


USUAL = How()


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax rate as it applies to an address: `rate` 0.0825 is 8.25 %; `tax_class` the goods it is for."""

    name: str
    rate: Decimal
    tax_class: str = "standard"
    is_included: bool = False
    applies_to_shipping: bool = False
    is_compound: bool = False


@dataclass(frozen=True, slots=True)
class TaxLine:
    """What one rate comes to, on goods and delivery. `is_on_shipping`: the delivery is taxed by it as well."""

    name: str
    rate: Decimal
    amount: Money
    is_included: bool
    is_on_shipping: bool = False
    is_compound: bool = False


@dataclass(frozen=True, slots=True)
class Base:
    """What of one line is taxed, in minor units: its goods after discount, its share of the delivery."""

    goods: int
    shipping: int
    tax_class: str = "standard"


def tax_line(rate: Rate, amount: Money) -> TaxLine:
    """What `rate` comes to."""
    return TaxLine(
        rate.name, rate.rate, amount, rate.is_included, rate.applies_to_shipping, rate.is_compound
    )  # fmt: skip


def rounded(exact: Fraction, rounding: Rounding = Rounding.HALF_UP) -> int:
    """`exact` minor units as whole ones; what is below nought as what is above it."""
    sign, exact = (-1, -exact) if exact < 0 else (1, exact)
    whole, rest = divmod(exact.numerator, exact.denominator)
    twice = 2 * rest - exact.denominator
    more = {
        Rounding.HALF_UP: twice >= 0,
        Rounding.HALF_EVEN: twice > 0 or (twice == 0 and whole % 2 == 1),
        Rounding.UP: rest > 0,
        Rounding.DOWN: False,
    }[rounding]
    return sign * (whole + more)


@lru_cache(maxsize=1024)
def parts(rates: tuple[Rate, ...]) -> tuple[tuple[Fraction, Fraction], ...]:
    """For each of the rates of one line, in their order, which part of the price of the goods it is, and which of the
    delivery. Exact."""
    goods = _parts(rates)
    carried = iter(_parts(tuple(rate for rate in rates if rate.applies_to_shipping)))
    return tuple(
        (part, next(carried) if rate.applies_to_shipping else Fraction(0))
        for rate, part in zip(rates, goods, strict=True)
    )


def _parts(rates: Sequence[Rate]) -> list[Fraction]:
    of_net: list[Fraction] = []
    for rate in rates:
        of_net.append(Fraction(rate.rate) * (1 + sum(of_net) if rate.is_compound else 1))
    included = 1 + sum(part for rate, part in zip(rates, of_net, strict=True) if rate.is_included)
    return [part / included for part in of_net]


def included_factor(rates: Iterable[Rate]) -> Fraction:
    """What a net price is multiplied by to be the one with all included rates among `rates` (of one tax class)."""
    there = tuple(rate for rate in rates if rate.is_included)
    return 1 / (1 - sum(_parts(there), Fraction(0)))


def taxes(bases: Sequence[Base], rates: Sequence[Rate], how: How = USUAL) -> list[list[tuple[Rate, int]]]:
    """For each of `bases` what its rates come to, in minor units. With `Level.ORDER` each rate is worked out and
    rounded on the sum of all, and shared out by largest remainder, so that the shares sum to it exactly.
    """
    by_class = {one.tax_class: tuple(rate for rate in rates if rate.tax_class == one.tax_class) for one in bases}
    exact = [
        [
            (rate, one.goods * on_goods + one.shipping * on_shipping)
            for rate, (on_goods, on_shipping) in zip(its, parts(its), strict=True)
        ]
        for one in bases
        for its in [by_class[one.tax_class]]
    ]
    if how.level is Level.ORDER:
        return _of_order(exact, how.rounding)
    return [_of_line(one, found, how.rounding) for one, found in zip(bases, exact, strict=True)]


def _of_line(base: Base, exact: Iterable[tuple[Rate, Fraction]], rounding: Rounding) -> list[tuple[Rate, int]]:
    """Included taxes are never more than the price that includes them, however they are rounded."""
    left, found = max(0, base.goods + base.shipping), []
    for rate, amount in exact:
        minor = rounded(amount, rounding)
        if rate.is_included:
            minor = min(minor, left)
            left -= max(0, minor)
        found.append((rate, minor))
    return found


def _of_order(exact: Sequence[Sequence[tuple[Rate, Fraction]]], rounding: Rounding) -> list[list[tuple[Rate, int]]]:
    found: list[list[tuple[Rate, int]]] = [[] for _line in exact]
    places: dict[Rate, list[tuple[int, Fraction]]] = {}
    for place, line in enumerate(exact):
        for rate, amount in line:
            places.setdefault(rate, []).append((place, amount))
    for rate, amounts in places.items():
        whole = rounded(sum((amount for _place, amount in amounts), Fraction(0)), rounding)
        for (place, _amount), minor in zip(amounts, _shared(whole, [amount for _p, amount in amounts]), strict=True):
            found[place].append((rate, minor))
    return found


def _shared(whole: int, exact: Sequence[Fraction]) -> list[int]:
    """`whole` in parts next to the `exact` ones, of which it is the rounded sum."""
    found = [amount.numerator // amount.denominator for amount in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: (found[place] - exact[place], place))
    for place in by_remainder[: whole - sum(found)]:
        found[place] += 1
    return found


# --- Where a rate is in force


def in_postal_codes(pattern: str, code: str) -> bool:
    """Whether a postal code is one of `pattern`: codes, beginnings ("K1A*") and ranges ("90001..90899"), with commas
    between. Case, spaces and hyphens do not count; a range compares as many characters as its bounds have. An empty
    pattern is everywhere."""
    if not pattern.strip():
        return True
    plain = _plain(code)
    return bool(plain) and any(_is_in(part, plain) for part in pattern.split(","))


def _is_in(part: str, code: str) -> bool:
    low, is_range, high = (_plain(bound) for bound in part.partition(".."))
    if is_range:
        return low <= code[: len(low)] and code[: len(high)] <= high
    return code.startswith(low[:-1]) if low.endswith("*") else code == low


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").upper()


def postal_problem(pattern: str) -> str:
    """What is wrong with a pattern: "empty", "range" or "star"; "" for nothing."""
    for part in pattern.split(",") if pattern.strip() else []:
        low, is_range, high = (_plain(bound) for bound in part.partition(".."))
        if not low or low == "*":
            return "empty"
        if is_range and (len(low) != len(high) or low > high):
            return "range"
        if "*" in low[:-1] or "*" in high:
            return "star"
    return ""
