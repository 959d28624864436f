"""What happens to parcels. Every command locks the order, then its shipments; repeated, it changes nothing more.

Here: what is done to all parcels of an order at once, and how it is as far as these are. What happens to one parcel is
in `packing` (picked, split, packed elsewhere), `shorting` (not on the shelf) and `leaving` (sent, arrived); `opening`
makes the parcels and lets them follow the order's lines, and `following` the stock; `missing` lets units wait, and
`waiting` ends that.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import F

from checkout.fulfilment import (
    contents,
    following,
    leaving,
    locking,
    mailing,
    missing,
    opening,
    packing,
    rules,
    shorting,
)
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders import selectors as order_selectors
from checkout.orders import services as orders
from checkout.orders import where
from checkout.orders.models import Order
from shop.core import db

Status = Shipment.Status
ShipmentRefused, TrackingRefused, UnitsHaveLeft = (
    contents.ShipmentRefused,
    leaving.TrackingRefused,
    opening.UnitsHaveLeft,
)
follow_stock, finish_wait = following.follow_stock, missing.finish
open_shipments, adapt, note_state = opening.open_shipments, opening.adapt, contents.note_state
pick_units, finish_picking, split, reassign = (
    packing.pick_units,
    packing.finish_picking,
    packing.split,
    packing.reassign,
)
short, dispatch_one, deliver_one = shorting.short, leaving.dispatch_one, leaving.deliver_one
ship_stock, capture_value, complete_mailed = leaving.ship_stock, leaving.capture_value, mailing.complete
_LEFT_BEFORE = (Order.Status.SHIPPED, Order.Status.DELIVERED)  # what is sent or arrives now was added since


def start(*, order_id: UUID, by: str) -> Order:
    """The warehouse takes the order. Raises `TransitionRefused`, having sold and opened nothing."""
    if order_selectors.allows(order_selectors.by_id(order_id), "start_fulfillment"):
        opening.open_shipments(order_id=order_id, by=by)
    return orders.apply(order_id=order_id, trigger="start_fulfillment", by=by)


def pick(*, order_id: UUID, by: str) -> Order:
    """Every unit of the order is in its parcel. Raises `TransitionRefused`, `ShipmentRefused` (as `pick_units`)."""
    with transaction.atomic(using=db.DEFAULT):
        order, shipments = locking.order_and_shipments(order_id)
        being_picked = [shipment for shipment in shipments if shipment.status == Status.OPEN]
        packing.check_settled(order, *being_picked)
        lines = contents.lines_of(being_picked)
        packing.check_on_hand(lines, {line.pk: line.quantity for line in lines})
        ShipmentLine.objects.filter(shipment__in=being_picked).update(picked=F("quantity"))
        contents.picked(order, being_picked, by, is_waiting=False)
        if being_picked and order.status in (Order.Status.READY_TO_SHIP, *_LEFT_BEFORE):
            contents.demand(order, "items_picked")
        else:
            contents.note_state(order=order, by=by)
            contents.pull(order, "items_picked", by=by)
        contents.advance(order, by=by)
        return order


def dispatch(
    *, order_id: UUID, by: str, carrier: str = "", tracking_number: str = "", tracking_url: str = "",
    seen: int | None = None, versions: Mapping[UUID, int] | None = None, made_for: int | None = None,
    is_by_label: bool = False,
) -> Order:  # fmt: skip
    """All picked parcels are handed to `carrier` as one. Stock leaves and the shopper is told by `ShipmentDispatched`.

    `is_by_label`: those that have labels leave with these, and carrier and number are of the others, if there are any.
    The same tracking number again is fine and changes nothing. `seen`, `versions`, `made_for`: as for `dispatch_one`.
    Raises `TransitionRefused` (unless every parcel is picked), `TrackingRefused`, `ShipmentRefused` ("not_on_hand",
    "label_outdated", "label_unconfirmed", "changed_meanwhile").
    """
    is_typed = bool(carrier or tracking_number) or not is_by_label
    told = leaving.tracking(carrier, tracking_number, tracking_url) if is_typed else None
    with transaction.atomic(using=db.DEFAULT):
        order, shipments = locking.order_and_shipments(order_id)
        ready = [shipment for shipment in shipments if shipment.status == Status.PICKED]
        if not ready and leaving.have_left(shipments, told):
            return order
        ways = [(told, ready)] if told and not is_by_label else leaving.by_label(ready, told)
        note = ", ".join(f"{one['carrier']} {one['tracking_number']}" for one, _parcels in ways)
        if not ready or order.status not in (Order.Status.READY_TO_SHIP, *_LEFT_BEFORE):
            contents.pull(order, "package_dispatched", by=by, note=note)  # which says why not
        contents.demand(order, "package_dispatched")
        leaving.check_shown(order, ready, seen=seen, versions=versions)
        leaving.send(order, ways, by, made_for=made_for)
        contents.advance(order, by=by, note=note)
        return order


def deliver(*, order_id: UUID, by: str) -> Order:
    """Every parcel has arrived. Raises `TransitionRefused`."""
    with transaction.atomic(using=db.DEFAULT):
        order, shipments = locking.order_and_shipments(order_id)
        under_way = [shipment for shipment in shipments if shipment.status == Status.SHIPPED]
        if not under_way or order.status not in _LEFT_BEFORE:
            contents.pull(order, "delivery_confirmed", by=by)  # which says why not
        leaving.arrive(under_way, by)
        contents.advance(order, by=by)
        return order


def move_on(*, order_id: UUID, by: str) -> Order:
    """Take an order as far as its parcels are, once nothing stops it any more (its balance is paid). Idempotent."""
    with transaction.atomic(using=db.DEFAULT):
        order, _shipments = locking.order_and_shipments(order_id)
        if order.status in contents.GOING_ON:
            contents.advance(order, by=by)
    mailing.complete(order_id=order_id, by=by)
    return order


def cancel_shipments(*, order_id: UUID, by: str) -> None:
    """Parcels that have not left will not; what was sent by e-mail only is taken back. Idempotent."""
    with transaction.atomic(using=db.DEFAULT):
        order, shipments = locking.order_and_shipments(order_id)
        is_recalled = where.is_by_email(order) and order.status == Order.Status.CANCELLED
        stopped = rules.HERE | (rules.GONE if is_recalled else set())
        contents.move([one for one in shipments if one.status in stopped], Status.CANCELLED, by)
        contents.note_state(order=order, by=by)
    if is_recalled:
        mailing.take_back(order_id=order_id, by=by)


def give_back_stock(*, order_id: UUID, by: str) -> None:
    """The units of an order that is over go back, except those of parcels that have left. Idempotent."""
    leaving.ship_stock_of(order_id=order_id, by=by)
    orders.give_back_stock(order_id=order_id, by=by)
