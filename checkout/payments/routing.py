"""Which provider a payment goes to: the merchant's rules, read from the top. Pure.

Rules that ask for the same (method, currency, countries, amounts) share the payments among them by their percentages.
The first such group that fits a payment orders the providers: the one whose share the payment falls into, then the
others of the group, then those of the groups below that fit as well. Whose circuit is open goes behind all others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

PARTS = 10_000  # how finely payments are told apart: shares are exact to a hundredth of a percent

Conditions = tuple[str, str, frozenset[str], int | None, int | None]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the merchant's table. Empty `currency` or `countries`: any. Amounts in minor units of `currency`,
    both ends included. `share` is of the payments that its group gets, in percent."""

    method: str
    provider: str
    currency: str = ""
    countries: frozenset[str] = frozenset()
    minimum: int | None = None
    maximum: int | None = None
    share: int = 100

    @property
    def conditions(self) -> Conditions:
        return (self.method, self.currency, self.countries, self.minimum, self.maximum)

    def fits(self, wish: Wish) -> bool:
        return (
            self.method == wish.method
            and self.currency in ("", wish.currency)
            and (not self.countries or wish.country in self.countries)
            and (self.minimum is None or wish.minor >= self.minimum)
            and (self.maximum is None or wish.minor <= self.maximum)
        )


@dataclass(frozen=True, slots=True)
class Wish:
    """A payment to be made: `number` in 0 … PARTS − 1 is the payment's own and decides about shares."""

    method: str
    currency: str
    country: str
    minor: int
    number: int


def number_of(about: UUID) -> int:
    """The number of whatever must always be routed alike (an order's cart): evenly spread, the same every time."""
    return int.from_bytes(hashlib.sha256(about.bytes).digest()[:8]) % PARTS


def order(wish: Wish, rules: Sequence[Rule], *, default: str, is_open: Collection[str] = ()) -> tuple[str, ...]:
    """The providers to try, the best first, each once; `rules` by position. No rule fits: the method's `default`.

    `is_open`: providers whose circuit is open. They stay at the end, for when nobody else is left.
    """
    preferred: list[str] = []
    seen: set[Conditions] = set()
    for rule in rules:
        if rule.conditions in seen or not rule.fits(wish):
            continue
        seen.add(rule.conditions)
        preferred += _shared([one for one in rules if one.conditions == rule.conditions], wish.number)
    known = list(dict.fromkeys(preferred)) or [default]
    return tuple(sorted(known, key=lambda provider: provider in is_open))  # a stable sort


def _shared(group: Sequence[Rule], number: int) -> list[str]:
    """The group's providers: first the one whose share `number` falls into, then the others as they stand."""
    point, reached = number * sum(rule.share for rule in group), 0
    for rule in group:
        reached += rule.share * PARTS
        if point < reached:
            return [rule.provider, *(one.provider for one in group if one is not rule)]
    return [rule.provider for rule in group]


def problems(rules: Iterable[Rule]) -> list[Conditions]:
    """The conditions whose shares do not come to 100 percent."""
    sums: dict[Conditions, int] = {}
    for rule in rules:
        sums[rule.conditions] = sums.get(rule.conditions, 0) + rule.share
    return [conditions for conditions, share in sums.items() if share != 100]
