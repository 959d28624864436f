"""Parcels follow units that were moved or given up by a command which died before its parcels were written.

Only where orders and stock have databases of their own can that happen: elsewhere both are one transaction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

import structlog
from django.db import transaction

from checkout.fulfilment import contents, locking, opening, rules
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders.models import Order
from inventory.stock import selectors as stock
from shop.core import db
from shop.events import bus, types

log = structlog.get_logger("checkout.fulfilment")

Losses = dict[UUID, int]  # units by shipment line


def follow_stock(*, order_id: UUID, by: str) -> None:
    """Finish what a command began that moved units of an order, or gave them up: heard of with the units themselves.

    Units that nobody has picked leave a parcel whose location they are not allocated at. As many as are allocated
    elsewhere and in no parcel are packed there; the others could not be found, and leave the order (`UnitsShort`).
    A command that is still at it holds the order's lock, and leaves nothing to do. Idempotent.
    """
    try:
        with transaction.atomic(using=db.DEFAULT):
            order, shipments = locking.order_and_shipments(order_id)
            if order.status not in contents.GOING_ON:
                return
            held = contents.lines_of(shipments)
            moved, missing = _astray(held, order_id)
            if not moved and not missing:
                return
            log.warning("parcels follow the stock", order=str(order_id), moved=moved.total(), missing=missing.total())
            contents.lose(held, moved + missing, by=by)
            _give_up(order, held, missing, by)
            contents.note_state(order=order, by=by)
    except Order.DoesNotExist:  # archived since
        return
    opening.open_shipments(order_id=order_id, by=by)


def _astray(held: Sequence[ShipmentLine], order_id: UUID) -> tuple[Counter[UUID], Counter[UUID]]:
    """Units by shipment line that are not allocated where they are packed: those that are elsewhere, and the others."""
    packed, allotted = opening.units_by_place(held), stock.allocated(order_id)
    kept = {(one.variant_id, one.location_id): one.kept for one in allotted}
    room: Counter[UUID] = Counter()
    for (variant, location), units in kept.items():
        room[variant] += max(0, units - packed[variant, location])
    moved: Counter[UUID] = Counter()
    missing: Counter[UUID] = Counter()
    for (variant, place), units in packed.items():
        if place is None:
            continue
        for key, number in _not_picked(held, (variant, place), units - kept.get((variant, place), 0)).items():
            there = min(number, room[variant])
            room[variant] -= there
            moved[key] += there
            missing[key] += number - there
    return +moved, +missing


def _not_picked(held: Sequence[ShipmentLine], place: rules.Place, units: int) -> Losses:
    """Which lines of open parcels of a place lose `units` units, or as many of them as nobody has picked."""
    here = [
        opening.content(one)
        for one in held
        if (one.order_line.variant_id, one.shipment.location_id) == place
        and one.shipment.status == Shipment.Status.OPEN
    ]
    return rules.taken_off([replace(one, quantity=one.quantity - one.picked, picked=0) for one in here], units)


def _give_up(order: Order, held: Sequence[ShipmentLine], missing: Mapping[UUID, int], by: str) -> None:
    short: dict[UUID, dict[str, int]] = {}
    for line in held:
        if line.pk in missing:
            short.setdefault(line.shipment_id, {})[str(line.order_line_id)] = missing[line.pk]
    for shipment_id, units in short.items():
        event = types.UnitsShort(
            order_id=order.pk, shipment_id=shipment_id, short_id=db.uuid7(), units=units, actor=by
        )  # fmt: skip
        bus.publish(event, using=db.DEFAULT)
