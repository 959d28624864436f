"""Reads of orders that are to be asked about, and of what can be said about one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings

from catalog.products import selectors as products
from catalog.reviews import selectors as reviews
from checkout.fulfilment import selectors as fulfilment
from checkout.fulfilment.models import Shipment
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


def answered(order: Order, items: Iterable[Item]) -> set[UUID]:
    """Those of these products that this order's shopper has spoken of."""
    return reviews.reviewed(of=order.pk, product_ids=[one.product_id for one in items])


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
    """The products of an order that have arrived, were kept and are still sold, each once. Six queries."""
    came = _arrived(order)
    lines = [line for line in order.lines.all() if came.get(line.pk, 0) > line.returned]
    offers = products.offers([line.variant_id for line in lines], currency=order.currency)
    found: dict[UUID, Item] = {}
    for line in lines:
        offer = offers.get(line.variant_id)
        if offer is not None and offer.is_sellable:
            found.setdefault(offer.product_id, Item(offer.product_id, line.name, offer.picture, offer.url))
    return list(found.values())


def _arrived(order: Order) -> Mapping[UUID, int]:
    """Units by line. The parcels of an archived order are away too: those of a delivered one have all arrived."""
    if order.is_archived:
        return {line.pk: line.quantity for line in order.lines.all() if order.status == Order.Status.DELIVERED}
    came: Counter[UUID] = Counter()
    for parcel in fulfilment.shipments_of(order.pk):
        if parcel.status == Shipment.Status.DELIVERED:
            came.update({line.order_line_id: line.quantity for line in parcel.lines.all()})
    return came


def keys(orders: Iterable[Order]) -> dict[str, Order]:
    """The keys of the mails that ask about these orders."""
    return {f"feedback:{order.pk}": order for order in orders}
