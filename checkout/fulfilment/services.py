"""What happens to parcels. Every command locks the order, then its shipments; repeated, it changes nothing more."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from checkout.fulfilment import locking
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders import services as orders
from checkout.orders.models import Order, OrderLine
from checkout.payments import services as payments
from inventory.reservations import services as reservations
from inventory.stock import services as stock
from shop.audit import services as audit
from shop.core import db
from shop.events import bus, types

Status = Shipment.Status
State = Order.FulfilmentState
_GONE = (Status.SHIPPED, Status.DELIVERED)
_OPENABLE = {Order.Status.PAYMENT_CONFIRMED, Order.Status.PROCESSING}


class TrackingRefused(Exception):
    """The carrier or tracking data cannot be used. `str()` is a sentence for people."""


def open_shipment(*, order_id: UUID, by: str) -> Shipment | None:
    """The parcel of a paid order, with all its lines; the one that exists if there is one. None if it is over."""
    with transaction.atomic(using=db.DEFAULT):
        order, shipments = locking.order_and_shipments(order_id)
        if shipments:
            return shipments[0]
        if order.status not in _OPENABLE:
            return None
        position = Shipment.objects.filter(order_id=order_id).count() + 1
        shipment = Shipment.objects.create(order=order, number=f"{order.number}-{position}")
        ShipmentLine.objects.bulk_create(
            ShipmentLine(shipment=shipment, order_line=line, order_id=order_id, quantity=line.quantity)
            for line in OrderLine.objects.filter(order_id=order_id).order_by("position")
        )
        _note("open", shipment, by)
        return shipment


def start(*, order_id: UUID, by: str) -> Order:
    """The warehouse takes the order. Raises `TransitionRefused`."""
    with transaction.atomic(using=db.DEFAULT):
        order = orders.apply(order_id=order_id, trigger="start_fulfillment", by=by)
        open_shipment(order_id=order_id, by=by)
        return order


def pick(*, order_id: UUID, by: str) -> Order:
    """Every unit of the order is in its parcel. Raises `TransitionRefused`."""
    with transaction.atomic(using=db.DEFAULT):
        order, shipments = locking.order_and_shipments(order_id)
        _move([shipment for shipment in shipments if shipment.status == Status.OPEN], Status.PICKED, by)
        if order.status == Order.Status.PROCESSING and shipments:
            orders.note_fulfilment(order=order, state=State.PICKED)
        return orders.apply(order_id=order_id, trigger="items_picked", by=by)


def dispatch(*, order_id: UUID, carrier: str, tracking_number: str, by: str, tracking_url: str = "") -> Order:
    """The parcel is handed to `carrier`. Stock leaves and the shopper is told by `ShipmentDispatched`.

    The same tracking number again is fine and changes nothing. Raises `TransitionRefused`, `TrackingRefused`.
    """
    carrier, tracking_number, tracking_url = carrier.strip(), tracking_number.strip(), tracking_url.strip()
    _check_tracking(carrier, tracking_number, tracking_url)
    with transaction.atomic(using=db.DEFAULT):
        order, shipments = locking.order_and_shipments(order_id)
        sent = [shipment for shipment in shipments if shipment.status in (Status.SHIPPED, Status.DELIVERED)]
        if sent and sent[0].tracking_number == tracking_number and sent[0].carrier == carrier:
            return order
        ready = [shipment for shipment in shipments if shipment.status == Status.PICKED]
        if order.status == Order.Status.READY_TO_SHIP and ready:
            orders.note_fulfilment(order=order, state=State.SHIPPED)
        order = orders.apply(
            order_id=order_id, trigger="package_dispatched", by=by, note=f"{carrier} {tracking_number}"
        )
        _move(
            ready, Status.SHIPPED, by,
            carrier=carrier, tracking_number=tracking_number, tracking_url=tracking_url, shipped_at=Now(),
        )  # fmt: skip
        for shipment in ready:
            event = types.ShipmentDispatched(order_id=order_id, shipment_id=shipment.pk)
            bus.publish(event, using=db.DEFAULT)
        return order


def _check_tracking(carrier: str, number: str, url: str) -> None:
    if not carrier or not number:
        raise TrackingRefused(_("Give the carrier and the tracking number."))
    if len(carrier) > 60 or len(number) > 80 or len(url) > 500:
        raise TrackingRefused(_("That is too long."))
    if url and (urlsplit(url).scheme not in {"http", "https"} or not urlsplit(url).netloc):
        raise TrackingRefused(_("The tracking link must be a web address."))


def deliver(*, order_id: UUID, by: str) -> Order:
    """Every parcel has arrived. Raises `TransitionRefused`."""
    with transaction.atomic(using=db.DEFAULT):
        order, shipments = locking.order_and_shipments(order_id)
        if order.status == Order.Status.SHIPPED:
            orders.note_fulfilment(order=order, state=State.DELIVERED)
        order = orders.apply(order_id=order_id, trigger="delivery_confirmed", by=by)
        _move([one for one in shipments if one.status == Status.SHIPPED], Status.DELIVERED, by, delivered_at=Now())
        return order


def cancel_shipments(*, order_id: UUID, by: str) -> None:
    """Parcels that have not left will not. Idempotent."""
    with transaction.atomic(using=db.DEFAULT):
        _order, shipments = locking.order_and_shipments(order_id)
        _move([one for one in shipments if one.status in (Status.OPEN, Status.PICKED)], Status.CANCELLED, by)


def ship_stock(*, order_id: UUID, by: str) -> None:
    """The units of a dispatched order leave the stock. Idempotent, and in no need of `commit_stock` having run."""
    reservations.commit(reference=order_id, by=by)
    stock.ship(reference=order_id, quantities=None, by=by)


def capture_value(*, order_id: UUID, by: str) -> None:
    """Have the money of what was dispatched taken, where it is taken on shipment; with the last unit, the rest too.

    The value of everything that left so far less what was taken: parcels may be told of in any order, or twice.
    """
    order = Order.objects.get(pk=order_id)
    lines = list(OrderLine.objects.filter(order_id=order_id).order_by("position"))
    left = ShipmentLine.objects.filter(order_id=order_id, shipment__status__in=_GONE)
    sent = dict(left.values_list("order_line").annotate(Sum("quantity")))
    gone = [sent.get(line.pk, 0) for line in lines]
    quantities = [line.quantity for line in lines]
    minor = payments.value_of(order.total_minor, [_weight(order, line) for line in lines], quantities, gone)
    payments.take_up_to(order_id=order_id, minor=minor, is_final=gone == quantities, by=by)


def _weight(order: Order, line: OrderLine) -> int:
    """What a line weighs in the total: price less discount, its delivery, and its tax as far as it came on top.

    In ten-thousandths of a minor unit: a part of the tax may be inside the price.
    """
    added = order.tax_minor - order.included_tax_minor
    tax = line.tax_minor * 10_000 * added // order.tax_minor if order.tax_minor else 0
    return (line.total_minor - line.discount_minor + line.shipping_minor) * 10_000 + tax


def _move(shipments: list[Shipment], status: str, by: str, **changes: object) -> None:
    for shipment in shipments:
        shipment.status = status
        Shipment.objects.filter(pk=shipment.pk).update(status=status, **changes)
        _note(status, shipment, by)


def _note(what: str, shipment: Shipment, by: str) -> None:
    audit.record(
        action=f"shipment.{what}", by=by, object_type="order", object_id=shipment.order_id,
        changes={"shipment": shipment.number}, using=db.DEFAULT,
    )  # fmt: skip
