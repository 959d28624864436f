"""What an amount of the shop's own currency is in another one. Pure and exact: integers, no floats, no context of
`decimal` in between.

Every conversion is monotone (what is not dearer here is not dearer there), leaves nothing at nothing, and makes nothing
of what costs something. It rounds, so that a sum of converted amounts is not the converted sum: convert what is
printed, then add.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import Any

from shop.core.money import MAX_MINOR, BadAmount, Money, exponent

MAX_STEP = 10**7
BANDS = (25, 50, 100, 250)  # where lists divide prices, of a currency that is worth about as much as the shop's own


class Mode(StrEnum):
    """Which way an amount between two steps goes."""

    HALF_UP = "half_up"
    UP = "up"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Terms:
    """How amounts of `base` become amounts of `code`: `rate` units of it for one unit of `base`. Prices end in `ending`
    minor units above a multiple of `step`; other amounts are multiples of it.
    """

    code: str
    base: str
    rate: Decimal
    step: int = 1
    ending: int = 0
    mode: Mode = Mode.HALF_UP

    def price(self, minor: int) -> int:
        """A price in minor units of `base`, not negative, as one of `code`."""
        return self._converted(minor, self.ending)

    def amount(self, minor: int) -> int:
        """The same of what is no price: a fee, a threshold, an amount off."""
        return self._converted(minor, 0)

    def with_amount(self, by_currency: Mapping[str, int], *, is_price: bool = False) -> Mapping[str, int]:
        """Amounts by currency, with one in `code` if there is none and there is one in `base`."""
        if self.code in by_currency or self.base not in by_currency:
            return by_currency
        turned = self.price if is_price else self.amount
        return {**by_currency, self.code: turned(by_currency[self.base])}

    def back(self, minor: int) -> int:
        """An amount of `code` at the bare rate, half up: for statistics and limits, never for prices."""
        over, under = _ratio(self)
        return (2 * minor * under + over) // (2 * over)

    def least(self, minor: int) -> int:
        """The smallest price in `base` that is shown as `minor` of `code` or more."""
        low, high = 0, MAX_MINOR
        while low < high:
            middle = (low + high) // 2
            if self.price(middle) >= minor:
                high = middle
            else:
                low = middle + 1
        return low

    def most(self, minor: int) -> int:
        """The largest price in `base` that is shown as `minor` of `code` or less; 0 where only what is free is."""
        return max(0, self.least(minor + 1) - 1)

    def _converted(self, minor: int, ending: int) -> int:
        if minor < 0:
            raise BadAmount("only what is not negative is converted")
        if minor == 0:
            return 0
        over, under = _ratio(self)
        over, under = minor * over - ending * under, under * self.step
        steps = {
            Mode.HALF_UP: (2 * over + under) // (2 * under),
            Mode.UP: -(-over // under),
            Mode.DOWN: over // under,
        }[self.mode]
        most = (MAX_MINOR - ending) // self.step * self.step + ending
        return min(max(steps * self.step + ending, ending or self.step), most)


@lru_cache(maxsize=256)
def _ratio(terms: Terms) -> tuple[int, int]:
    """Minor units of `code` for one of `base`, as a fraction."""
    over, under = terms.rate.as_integer_ratio()
    return over * 10 ** exponent(terms.code), under * 10 ** exponent(terms.base)


def filled(data: Any, terms: Terms | None, prices: frozenset[str] = frozenset()) -> Any:
    """JSON in which amounts stand by currency ({"amounts": {"USD": 500}}), at any depth, with those of the currency of
    `terms` where they are missing. `prices`: under which names they are prices. None: as it is.
    """
    return data if terms is None else _filled(data, terms, prices, "")


def _filled(data: Any, terms: Terms, prices: frozenset[str], name: str) -> Any:
    if isinstance(data, list):
        return [_filled(one, terms, prices, name) for one in data]
    if not isinstance(data, dict):
        return data
    if type(data.get(terms.base)) is int:
        return terms.with_amount(data, is_price=name in prices)
    return {key: _filled(value, terms, prices, key) for key, value in data.items()}


def bands(code: str, rate: Decimal) -> tuple[int, ...]:
    """Where lists divide prices, in minor units of `code`: 25, 50, 100 and 250 units, or ten, a hundred … times that of
    what is worth little.
    """
    power = max(0, rate.adjusted() + (1 if rate.scaleb(-rate.adjusted()) >= 4 else 0))
    return tuple(Money.rounded(edge * 10**power, code).minor for edge in BANDS)


def jump(old: Decimal, new: Decimal) -> Decimal:
    """By how many percent a rate has changed, whichever way."""
    return abs(new - old) * 100 / old


def crossed(per_euro: Mapping[str, Decimal], base: str) -> dict[str, Decimal]:
    """Units of each currency for one of `base`, of units for one euro. Raises `KeyError` where `base` is not among
    them.
    """
    known = {**per_euro, "EUR": Decimal(1)}
    own = known[base]
    return {code: (rate / own).quantize(Decimal("1E-10")) for code, rate in known.items() if code != base}
