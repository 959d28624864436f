"""What must be true of parcels at any time; a sentence per violation, none is good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import connections

from checkout.fulfilment import contents, opening, rules
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders import where
from checkout.orders.models import Order
from inventory.stock import allotments
from shop.core import db
from shop.events.models import Delivery

# Orders of which parcels are packed, and about which nothing is still to be heard (I10 watches these).
_SETTLED = """
    SELECT id FROM checkout_order "order"
    WHERE status IN ('payment_confirmed', 'processing', 'ready_to_ship', 'shipped', 'delivered')
      AND NOT EXISTS (SELECT FROM shop_delivery owed
                      WHERE owed.status <> 'done' AND owed.aggregate_id = "order".id::text)
    ORDER BY id
"""
_BATCH = 500


def parcels_hold_the_order() -> list[str]:
    """I2: every unit of an order is in one parcel, allocated where that is packed; the order knows how far they are."""
    found: list[str] = []
    with connections[db.DEFAULT].cursor() as cursor:
        cursor.execute(_SETTLED)
        while rows := cursor.fetchmany(_BATCH):
            found += _violations(_untold([order_id for (order_id,) in rows]))
    return found


def _untold(ids: Sequence[UUID]) -> list[UUID]:
    """Those of which the stock has nothing to tell any more either: it may do so in a database of its own."""
    owed = Delivery.objects.using(db.INVENTORY).filter(aggregate_id__in=[str(key) for key in ids])
    told = set(owed.exclude(status=Delivery.Status.DONE).values_list("aggregate_id", flat=True))
    return [key for key in ids if str(key) not in told]


def _violations(ids: Sequence[UUID]) -> Iterator[str]:
    orders = Order.objects.filter(pk__in=ids).prefetch_related("lines").order_by("pk")
    held: dict[UUID, list[ShipmentLine]] = {}
    rows = ShipmentLine.objects.filter(order_id__in=ids).exclude(shipment__status=Shipment.Status.CANCELLED)
    for line in rows.select_related("shipment", "order_line"):
        held.setdefault(line.order_id, []).append(line)
    kept = allotments.kept_at(ids)
    for order in orders:
        lines = held.get(order.pk, [])
        if lines or not where.is_by_email(order):  # parcels are made of it when it was sent
            yield from _units(order, lines)
            yield from _places(order, lines, kept.get(order.pk, Counter()))
        yield from _state(order, lines)


def _units(order: Order, lines: Sequence[ShipmentLine]) -> Iterator[str]:
    packed: Counter[UUID] = Counter()
    for one in lines:
        packed[one.order_line_id] += one.quantity
    for line in order.lines.all():
        if packed[line.pk] != line.quantity:
            yield f"I2 {order.number}: {line.quantity} units of {line.sku}, {packed[line.pk]} in its parcels"


def _places(order: Order, lines: Sequence[ShipmentLine], kept: Counter[tuple[UUID, UUID]]) -> Iterator[str]:
    if any(one.shipment.location_id is None for one in lines):
        return  # opened before parcels knew where they are packed
    packed = opening.units_by_place(lines)
    for variant_id, place in sorted({*packed, *kept}, key=str):
        wanted, there = packed[variant_id, place], kept[variant_id, place] if place else 0
        if wanted != there:
            yield f"I2 {order.number}: {wanted} units of {variant_id} are packed at {place}, {there} are allocated"


def _state(order: Order, lines: Sequence[ShipmentLine]) -> Iterator[str]:
    parcels = [rules.Parcel(one.shipment.status, one.quantity, one.picked) for one in lines]
    ordered = sum(line.quantity for line in order.lines.all())
    returned = sum(line.returned for line in order.lines.all())
    state = rules.state(parcels, ordered=ordered, returned=returned)
    if order.fulfilment_state != state:
        yield f"I8 {order.number}: its parcels are {state}, it says {order.fulfilment_state}"
    if order.to_pick != contents.to_pick(order, parcels, ordered):
        yield f"I8 {order.number}: it says that {order.to_pick} units are to be picked"
