"""Reads of orders that are to be asked about, and of what can be said about one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from catalog.products import selectors as products
from checkout.orders.models import Order, OrderStep
from shop.core import db

WINDOW = timedelta(days=3)  # an order that could not be asked about within that time is not asked about


@dataclass(frozen=True, slots=True)
class Item:
    """A product of an order that is still in the shop."""

    product_id: UUID
    name: str
    picture: Any
    url: str


def due(limit: int, after: UUID | None = None) -> list[tuple[UUID, Order]]:
    """Orders that arrived long enough ago and that the shopper kept, with the step that says so, oldest first.

    A range of the steps' keys, which hold their time: no other index is needed. `after`: the step to go on from.
    """
    until = db.clock() - settings.FEEDBACK_AFTER
    first = after or db.uuid7_floor(until - WINDOW)
    steps = OrderStep.objects.filter(
        pk__gt=first, pk__lt=db.uuid7_floor(until), trigger="delivery_confirmed", order__status=Order.Status.DELIVERED
    )
    return [(step.pk, step.order) for step in steps.select_related("order").order_by("pk")[:limit]]


def items(order: Order) -> list[Item]:
    """The products of an order that can be reviewed, each once. Three queries."""
    lines = [line for line in order.lines.all() if line.quantity > line.returned]
    offers = products.offers([line.variant_id for line in lines], currency=order.currency)
    found: dict[UUID, Item] = {}
    for line in lines:
        offer = offers.get(line.variant_id)
        if offer is not None and offer.is_sellable:
            found.setdefault(offer.product_id, Item(offer.product_id, line.name, offer.picture, offer.url))
    return list(found.values())


def keys(orders: Iterable[Order]) -> dict[str, Order]:
    """The keys of the mails that ask about these orders."""
    return {f"feedback:{order.pk}": order for order in orders}
