"""Past orders of products, counted or not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from catalog.products.models import Product
from catalog.recommendations import services
from shop.core import db
from tests.factories import catalog

NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)


def products(count: int) -> list[Product]:
    """So many products, each with a variant in stock whose SKU is P0, P1, …"""
    return [catalog.product(name=f"Thing {number}", sku=f"P{number}", indexed=False) for number in range(count)]


def bought(*orders: Iterable[Product], customer_id: UUID | None = None, at: datetime = NOON) -> list[UUID]:
    """A past order of each of these groups of products, a minute apart, not counted yet; their keys."""
    rows = [
        services.Bought(db.uuid7(), at + timedelta(minutes=number), customer_id, [one.pk for one in order])
        for number, order in enumerate(orders)
    ]
    services.note_orders(rows)
    return [row.id for row in rows]


def chosen(made: Sequence[Product], *places: str) -> list[list[Product]]:
    """Groups of products by their places: "012" are the first three."""
    return [[made[int(place)] for place in group] for group in places]
