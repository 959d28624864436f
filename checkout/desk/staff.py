"""The merchant's triggers: which component's command each of them is."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.db import transaction

from checkout.desk import sums
from checkout.fulfilment import selectors as fulfilment_selectors
from checkout.fulfilment import services as fulfilment
from checkout.giftcards import bought
from checkout.orders import emails
from checkout.orders import selectors as order_selectors
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import selectors as payment_selectors
from checkout.payments import services as payments
from shop.audit import services as audit
from shop.core import db

# Triggers that move parcels or money as well as the status. All others are the status alone.
_COMMANDS: dict[str, Callable[..., Order]] = {
    "start_fulfillment": fulfilment.start,
    "items_picked": fulfilment.pick,
    "delivery_confirmed": fulfilment.deliver,
    "approve_review": payments.approve,
}


def pull(*, order_id: UUID, trigger: str, by: str, note: str = "") -> Order:
    """Take the order over `trigger` by the command that also moves what belongs to it. Raises `TransitionRefused`."""
    if trigger == "cancel":
        return bought.cancel_order(order_id=order_id, by=by, note=note)
    command = _COMMANDS.get(trigger)
    if command is not None:
        return command(order_id=order_id, by=by)
    return orders.apply(order_id=order_id, trigger=trigger, by=by, note=note)


def pick_parcel(*, shipment_id: UUID, by: str, seen: int | None = None) -> None:
    """Everything of an open parcel is in it (`seen`: the version of it that was looked at); repeated, it stays so.

    Raises `ShipmentRefused`, `TransitionRefused`.
    """
    if fulfilment_selectors.shipment(shipment_id).status != "picked":
        units = fulfilment_selectors.contents_of(shipment_id)
        fulfilment.pick_units(shipment_id=shipment_id, units=units, seen=seen, by=by)
    fulfilment.finish_picking(shipment_id=shipment_id, by=by)


def renew_link(*, order_id: UUID, by: str) -> None:
    """Make every link to an order worthless that is under way, and mail its customer another one."""
    with transaction.atomic(using=db.DEFAULT):
        orders.renew_link(order_id=order_id, by=by)
        emails.send(order_selectors.by_id(order_id), "order_link", key=db.uuid7(), is_renewed=True)


def send_payment_link(*, order_id: UUID, by: str) -> bool:
    """Mail the customer the link to what is still to be paid, at most once a minute; whether a mail was queued.

    Raises `Order.DoesNotExist`.
    """
    order = order_selectors.by_id(order_id)
    amount = sums.to_pay(order, payment_selectors.payments_of(order_id))
    if amount is None:
        return False
    is_new = emails.to_pay(order, amount=amount, key=db.clock().strftime("%Y%m%d%H%M"))
    if is_new:
        audit.record(action="order.send_link", by=by, object_type="order", object_id=order_id, using=db.DEFAULT)
    return is_new
