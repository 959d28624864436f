"""From which locations units would be sent if they were ordered now. Nothing is held by asking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connections

from inventory.stock import rules
from shop.core import db

# As `selectors._AVAILABLE`, by location: what has expired is free again.
_FREE = """
    SELECT item.id, item.variant_id, item.location_id, location.priority, location.code,
           GREATEST(0, item.on_hand - item.reserved - item.allocated + expired.units),
           GREATEST(0, item.on_hand - item.reserved - item.allocated + expired.units +
               CASE WHEN item.orders_until IS NULL OR item.orders_until > statement_timestamp()
                    THEN item.backorder_limit ELSE 0 END),
           item.expected_on,
           (SELECT strategy FROM inventory_stockpolicy LIMIT 1)
    FROM inventory_stockitem item
    JOIN inventory_location location ON location.id = item.location_id AND location.is_active
    CROSS JOIN LATERAL (
        SELECT COALESCE(SUM(quantity), 0) AS units FROM inventory_reservation
        WHERE stock_item_id = item.id AND status = 'open' AND expires_at <= statement_timestamp()
    ) expired
    WHERE item.variant_id = ANY(%s::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Spot:
    """What one location can promise of a variant: `units` altogether, `on_hand` of them now."""

    stock_item_id: UUID
    variant_id: UUID
    location_id: UUID
    rank: tuple[int, str]
    on_hand: int
    units: int
    expected_on: date | None


@dataclass(frozen=True, slots=True)
class Part:
    """Units by variant that would come from one location (None: from any); `expected_on`: when the last of them is
    there, if it is not yet and somebody knows."""

    location_id: UUID | None
    units: Mapping[UUID, int]
    expected_on: date | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """What every location has of some variants, and how the merchant wants orders spread."""

    spots: tuple[Spot, ...]
    strategy: str | None = None

    def parts(self, wanted: Mapping[UUID, int]) -> list[Part]:
        """The locations that would send `wanted`, the one asked first at the top; what nobody has is in no part."""
        levels = [rules.Level(one.stock_item_id, one.variant_id, one.rank, one.units) for one in self.spots]
        have = rules.totals(levels)
        there = {variant: min(units, have.get(variant, 0)) for variant, units in wanted.items()}
        taken = rules.plan({key: units for key, units in there.items() if units}, levels, strategy=self.strategy)
        found: dict[UUID, list[Spot]] = defaultdict(list)
        for one in sorted(self.spots, key=lambda one: one.rank):
            if taken.get(one.stock_item_id):
                found[one.location_id].append(one)
        return [_part(location, spots, taken) for location, spots in found.items()]

    def at(self, location_id: UUID, wanted: Mapping[UUID, int]) -> Part | None:
        """All of it from this one location, where it is on hand; None where it is not."""
        spots = [one for one in self.spots if one.location_id == location_id]
        have = {one.variant_id: one.on_hand for one in spots}
        if any(have.get(variant, 0) < units for variant, units in wanted.items()):
            return None
        return Part(location_id, dict(wanted))


def spread(variant_ids: Mapping[UUID, int] | set[UUID]) -> Spread:
    """What there is of these variants, by location. One query."""
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute(_FREE, [list(variant_ids)])
        rows = cursor.fetchall()
    spots = tuple(
        Spot(item, variant, location, (priority, code), int(on_hand), int(units), expected_on)
        for item, variant, location, priority, code, on_hand, units, expected_on, _strategy in rows
    )
    return Spread(spots, rows[0][-1] if rows else None)


def _part(location: UUID, spots: list[Spot], taken: Mapping[UUID, int]) -> Part:
    late = [one.expected_on for one in spots if taken[one.stock_item_id] > one.on_hand and one.expected_on]
    return Part(location, {one.variant_id: taken[one.stock_item_id] for one in spots}, max(late, default=None))
