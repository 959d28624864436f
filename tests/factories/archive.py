"""Orders that are over, and what the database has of an order, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection

from checkout.archive import contents, services
from checkout.fulfilment import services as fulfilment
from checkout.orders.models import Order
from inventory.stock.models import StockItem
from shop.core import db
from tests import outbox
from tests.factories.checkout import ready

TOMORROW = timedelta(days=1)


def delivered(items: Sequence[StockItem] | None = None, **details: object) -> Order:
    """An order that was paid, sent and delivered; all its events are heard."""
    order = ready(items, **details)
    outbox.drain()
    fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number=f"1Z{order.pk.hex[-8:]}", by="staff:1")
    outbox.drain()
    fulfilment.deliver(order_id=order.pk, by="staff:1")
    outbox.drain()
    order.refresh_from_db()
    return order


def archive_all(**options: Any) -> int:
    """Archive whatever is over now; how many that were."""
    return sum(services.archive(before=db.clock() + TOMORROW, by="system", **options))


def rows_of(order: Order) -> dict[str, list[Any]]:
    """Every row of an order as the database has it, by table."""
    ids = {"ids": [order.pk]}
    found: dict[str, list[Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(o) FROM checkout_order o WHERE id = ANY(%(ids)s)", ids)
        found["checkout_order"] = cursor.fetchall()
        for part in contents.PARTS:
            where = contents.delete_sql(part).partition(" WHERE ")[2]
            cursor.execute(
                f'SELECT to_jsonb(part) FROM (SELECT * FROM "{part.table}" WHERE {where}) part ORDER BY part.id', ids
            )
            found[part.table] = cursor.fetchall()
    return found
