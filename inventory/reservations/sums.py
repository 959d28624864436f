"""What rows of reservations come to, and what stock items can promise. No queries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from inventory.reservations.models import Reservation
from inventory.stock import rules
from inventory.stock.models import StockItem


def latest(rows: Sequence[Reservation]) -> list[Reservation]:
    """The rows with the latest `expires_at`: what the reference wants."""
    moment = max((row.expires_at for row in rows), default=None)
    return [row for row in rows if row.expires_at == moment]


def levels(items: Iterable[StockItem]) -> list[rules.Level]:
    """What locked items at active locations can promise."""
    return [
        rules.Level(item.id, item.variant_id, (item.location.priority, item.location.code), item.available)
        for item in items
        if item.location.is_active
    ]


def by_variant(rows: Iterable[Reservation]) -> dict[UUID, int]:
    """Units per variant."""
    units: dict[UUID, int] = {}
    for row in rows:
        units[row.variant_id] = units.get(row.variant_id, 0) + row.quantity
    return units


def by_item(rows: Iterable[Reservation]) -> dict[UUID, int]:
    """Units per stock item."""
    units: dict[UUID, int] = {}
    for row in rows:
        units[row.stock_item_id] = units.get(row.stock_item_id, 0) + row.quantity
    return units
