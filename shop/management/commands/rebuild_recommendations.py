"""manage.py rebuild_recommendations: everything that is recommended, made again from orders and the catalogue."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand

from catalog.recommendations import rebuilding, services
from checkout.archive import selectors as orders
from checkout.orders.models import Order

BATCH = 500


class Command(BaseCommand):
    help = "Read all paid orders, archived ones too, and learn anew what is recommended. The shop stays open meanwhile."

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        done = 0
        for batch in _batches(orders.bought()):
            self._restore(batch)
            done += len(batch)
            self._say(f"{done:,} orders", is_last=False)
        self._say(f"{done:,} orders")
        rebuilding.rebuild(say=self._say)
        self._say(f"{time.monotonic() - started:.1f} s")

    def _restore(self, batch: list[Order]) -> None:
        cancelled = [order for order in batch if order.status == Order.Status.CANCELLED]
        services.withdraw_orders(order_ids=[order.pk for order in cancelled])
        kept = [order for order in batch if order.status != Order.Status.CANCELLED]
        lines = {order.pk: [line.variant_id for line in order.lines.all() if line.quantity] for order in kept}
        products = services.products_of(variant_id for ids in lines.values() for variant_id in ids)
        services.restore_orders(
            services.Bought(
                order.pk,
                order.placed_at,
                order.customer_id,
                [products[variant_id] for variant_id in lines[order.pk] if variant_id in products],
            )
            for order in kept
        )

    def _say(self, text: str, *, is_last: bool = True) -> None:
        self.stdout.write(text, ending="\r" if not is_last and sys.stdout.isatty() else "\n")
        self.stdout.flush()


def _batches(found: Iterable[Order]) -> Iterator[list[Order]]:
    batch: list[Order] = []
    for order in found:
        batch.append(order)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
