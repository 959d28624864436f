"""How counters move and which locations serve a demand. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, combinations
from uuid import UUID

MAX_UNITS = 1_000_000_000  # fits the columns with room for sums
COUNTED = 10  # below so many units shoppers are told how many are left
EXACT_PARCELS = 3  # the fewest parcels are searched for exactly up to this number
FEWEST_PARCELS, HIGHEST_STOCK = "fewest_parcels", "highest_stock"  # how a demand is spread over the locations


class BadQuantity(ValueError):
    """A number of units is not a whole number in range."""


IN_STOCK, BACKORDER, PREORDER, OUT = "in_stock", "backorder", "preorder", "out"  # what a shopper is told


@dataclass(frozen=True, slots=True)
class Change:
    """By how many units the counters of one stock item move."""

    on_hand: int = 0
    reserved: int = 0
    allocated: int = 0


@dataclass(frozen=True, slots=True)
class Level:
    """What one stock item can promise. `rank` orders its location: the lowest is asked first."""

    stock_item_id: UUID
    variant_id: UUID
    rank: tuple[int, str]
    available: int


@dataclass(frozen=True, slots=True)
class Availability:
    """Units of a variant that may be promised, and how many of them are `on_hand`. The others are a backorder or, if
    `is_preorder`, a pre-order, and expected on `expected_on` (None: not known)."""

    units: int
    on_hand: int
    is_preorder: bool = False
    expected_on: date | None = None

    def state(self, wanted: int = 1) -> str:
        """What `wanted` units would be: "in_stock", "backorder", "preorder", or "out" when there are not so many."""
        if wanted > self.units:
            return OUT
        if wanted <= self.on_hand:
            return IN_STOCK
        return PREORDER if self.is_preorder else BACKORDER

    def expected(self, wanted: int = 1) -> date | None:
        """When the last of `wanted` units is expected, if not all of them are there; None where nobody knows."""
        return self.expected_on if self.state(wanted) in (BACKORDER, PREORDER) else None


NOTHING = Availability(0, 0)


def is_quantity(value: object) -> bool:
    """Whether `value` is a whole number of units from 1 to `MAX_UNITS` (True is not 1)."""
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MAX_UNITS


def check(quantity: object) -> None:
    """Raises `BadQuantity` for what is no number of units from 0."""
    if quantity != 0 and not is_quantity(quantity):
        raise BadQuantity(f"{quantity!r} is not a number of units")


def available(*, on_hand: int, backorder_limit: int, reserved: int, allocated: int) -> int:
    """Units that may still be promised, never below zero."""
    return max(0, on_hand + backorder_limit - reserved - allocated)


def beyond(backorder_limit: int, orders_until: datetime | None, moment: datetime) -> int:
    """How many units beyond those on hand may be promised at `moment`: all of the limit before `orders_until`."""
    return backorder_limit if orders_until is None or moment < orders_until else 0


def totals(levels: Iterable[Level]) -> dict[UUID, int]:
    """Units available per variant over all its levels."""
    sums: dict[UUID, int] = {}
    for level in levels:
        sums[level.variant_id] = sums.get(level.variant_id, 0) + level.available
    return sums


def spare(have: int, *, owed: int, claimed: int) -> int:
    """Of `have` free units, how many one demand may take: those it has claimed, and what nobody is owed."""
    return min(have, claimed) + max(0, have - claimed - owed)


def shortages(
    demand: Mapping[UUID, int],
    levels: Iterable[Level],
    *,
    owed: Mapping[UUID, int] | None = None,
    claimed: Mapping[UUID, int] | None = None,
) -> dict[UUID, int]:
    """Of each variant that cannot be had in the demanded number: how many units can.

    By variant: `owed` units belong to those who wait, `claimed` ones of the free units to this very demand.
    """
    have, owed, claimed = totals(levels), owed or {}, claimed or {}
    left = {key: spare(have.get(key, 0), owed=owed.get(key, 0), claimed=claimed.get(key, 0)) for key in demand}
    return {variant: left[variant] for variant, wanted in demand.items() if left[variant] < wanted}


def plan(demand: Mapping[UUID, int], levels: Sequence[Level], *, strategy: str | None = None) -> dict[UUID, int]:
    """Units to take from each stock item (by id). The demand must be coverable (`shortages` is empty).

    `FEWEST_PARCELS` (also None): from the fewest locations, and of those the first by rank; up to three parcels are
    exactly the fewest, beyond that the locations are emptied in order of rank. `HIGHEST_STOCK`: each variant from where
    most of it is, so that stores run dry together.
    """
    useful = [level for level in levels if level.available > 0 and level.variant_id in demand]
    if shortages(demand, useful):
        raise ValueError("the demand is beyond what is available")
    if strategy == HIGHEST_STOCK:
        return _fill(demand, sorted(useful, key=lambda level: (-level.available, level.rank)))
    return _fill(demand, sorted(_fewest(demand, useful), key=lambda level: level.rank))


def _fewest(demand: Mapping[UUID, int], useful: Sequence[Level]) -> list[Level]:
    """The levels of the first locations that cover the demand with the fewest parcels."""
    ranks = sorted({level.rank for level in useful})
    for chosen in chain.from_iterable(combinations(ranks, size) for size in range(1, EXACT_PARCELS + 1)):
        there = [level for level in useful if level.rank in chosen]
        if not shortages(demand, there):
            return there
    return list(useful)


def _fill(demand: Mapping[UUID, int], levels: Iterable[Level]) -> dict[UUID, int]:
    """Take what is demanded from the levels in their order."""
    left = dict(demand)
    parts: dict[UUID, int] = {}
    for level in levels:
        units = min(left[level.variant_id], level.available)
        if units:
            parts[level.stock_item_id] = units
            left[level.variant_id] -= units
    return parts
