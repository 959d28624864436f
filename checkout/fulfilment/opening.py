"""Parcels follow the order: made for units that have none, emptied of units that are no longer part of it.

The plan is made here, under the order's lock, and the stock follows it: what is allocated to the order and in no parcel
goes back once every unit of the order has its place. All of it converges, and may be repeated at any time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from checkout.fulfilment import contents, locking, rules
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.giftcards import bought
from checkout.orders import services as orders
from checkout.orders import where
from checkout.orders.models import Order, OrderLine
from inventory.stock import selectors as stock_selectors
from inventory.stock import services as stock
from inventory.stock.allotments import Allotted
from shop.core import db

Status = Shipment.Status
# All came back, and what an exchange had added was taken off: it still goes back to the stock.
_FOLLOWED = (*contents.GOING_ON, Order.Status.RETURNED)


class UnitsHaveLeft(Exception):
    """More units are to leave the order's parcels than are still here: `line_id` says of which line."""

    def __init__(self, line_id: UUID) -> None:
        super().__init__(f"units of {line_id} have left")
        self.line_id = line_id


def open_shipments(*, order_id: UUID, by: str) -> list[Shipment]:
    """See to it that every allocated unit of a paid order is in a parcel, one for each location; all its parcels.

    Sells the units first if nobody has. Units that are not allocated yet follow when this is called again. What is
    allocated beyond the order's lines goes back to the stock. None for an order that is not paid, or over, or is sent
    by e-mail and not all of it was yet. Idempotent.
    """
    if not orders.commit_stock(order_id=order_id, by=by):
        return []
    with transaction.atomic(using=db.DEFAULT):
        order, shipments = locking.order_and_shipments(order_id)
        if order.status not in _FOLLOWED or (where.is_by_email(order) and not bought.are_sent(order_id)):
            return shipments
        allotted = stock_selectors.allocated(order_id)
        _locate(shipments, allotted)
        held = contents.lines_of(shipments)
        unplaced = _unplaced(order, held)
        new = rules.placed(unplaced, _room(allotted, held))
        made = [contents.make(order, location_id=location_id, units=units, by=by) for location_id, units in new.items()]
        is_complete = sum(line.units for line in unplaced) == sum(sum(units.values()) for units in new.values())
        if is_complete and all(shipment.location_id for shipment in shipments):
            packed = contents.lines_of([*shipments, *made])
            if not _astray(packed, allotted):  # or what seems too many elsewhere is what is missing here: `following`
                _give_back(order, allotted, packed, by)
        contents.note_state(order=order, by=by)
        return [*shipments, *made]


def adapt(*, order: Order, by: str) -> None:
    """Open parcels lose the units that are no longer part of a locked order; those nobody has picked go first.

    Belongs to the caller's transaction. New units get a parcel by `open_shipments`, once they are allocated. An order
    of which nothing is left to pick or to send moves on. Raises `UnitsHaveLeft`.
    """
    with transaction.atomic(using=db.DEFAULT):
        _order, shipments = locking.order_and_shipments(order.pk)
        held = contents.lines_of(shipments)
        for line in OrderLine.objects.filter(order_id=order.pk):
            surplus = sum(one.quantity for one in held if one.order_line_id == line.pk) - line.quantity
            if surplus > 0:
                here = [one for one in held if one.order_line_id == line.pk and one.shipment.status in rules.HERE]
                _lose(line, here, surplus, by)
                held = contents.lines_of(shipments)
        contents.advance(order, by=by)


def _lose(line: OrderLine, here: Sequence[ShipmentLine], surplus: int, by: str) -> None:
    loss = rules.taken_off([content(one) for one in here], surplus)
    if sum(loss.values()) < surplus:
        raise UnitsHaveLeft(line.pk)
    parcels = {one.shipment_id: one.shipment for one in here if one.pk in loss}
    contents.lose(contents.lines_of(parcels.values()), loss, by=by)


def content(line: ShipmentLine) -> rules.Content:
    """Parcels that wait lose units first, those that are packed last, and the youngest before older ones."""
    shipment = line.shipment
    rank = 2 if shipment.status == Status.PICKED else 0 if shipment.is_waiting else 1
    return rules.Content(line.pk, (rank, -shipment.pk.int), line.quantity, line.picked)


def _unplaced(order: Order, held: Sequence[ShipmentLine]) -> list[rules.Unplaced]:
    """What of the order is in no parcel, by line."""
    packed: Counter[UUID] = Counter()
    for one in held:
        packed[one.order_line_id] += one.quantity
    lines = OrderLine.objects.filter(order_id=order.pk).order_by("position")
    found = [rules.Unplaced(line.pk, line.variant_id, line.quantity - packed[line.pk]) for line in lines]
    return [line for line in found if line.units > 0]


def _room(allotted: Sequence[Allotted], held: Sequence[ShipmentLine]) -> dict[rules.Place, int]:
    """Units that are allocated at each place and in no parcel."""
    packed = units_by_place(held)
    return {
        (one.variant_id, one.location_id): one.kept - packed[one.variant_id, one.location_id] for one in allotted
    }  # fmt: skip


def units_by_place(held: Sequence[ShipmentLine]) -> Counter[tuple[UUID, UUID | None]]:
    """Units in parcels by variant and location."""
    packed: Counter[tuple[UUID, UUID | None]] = Counter()
    for one in held:
        packed[one.order_line.variant_id, one.shipment.location_id] += one.quantity
    return packed


def astray(order: Order) -> set[UUID]:
    """The locations at which parcels of a locked order have units that are not allocated there: see `following`."""
    return _astray(contents.held(order), stock_selectors.allocated(order.pk))


def _astray(held: Sequence[ShipmentLine], allotted: Sequence[Allotted]) -> set[UUID]:
    kept = {(one.variant_id, one.location_id): one.kept for one in allotted}
    packed = units_by_place(held)
    return {place for (variant, place), units in packed.items() if place and units > kept.get((variant, place), 0)}


def _give_back(order: Order, allotted: Sequence[Allotted], held: Sequence[ShipmentLine], by: str) -> None:
    wanted = {(variant, place): units for (variant, place), units in units_by_place(held).items() if place}
    if any(one.kept > wanted.get((one.variant_id, one.location_id), 0) for one in allotted):
        stock.keep(reference=order.pk, wanted=wanted, by=by)


def _locate(shipments: Sequence[Shipment], allotted: Sequence[Allotted]) -> None:
    """Parcels opened before they knew where they are packed: where all of the order is, if that is one place."""
    places = {one.location_id for one in allotted}
    if len(places) == 1:
        [place] = places
        for shipment in shipments:
            if shipment.location_id is None:
                contents.touch(shipment, location_id=place)
