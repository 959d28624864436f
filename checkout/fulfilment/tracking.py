"""What carriers tell of parcels under way: kept once, in whatever order it comes; a delivered parcel has arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from prometheus_client import Counter

from checkout.fulfilment import carriers, contents, leaving, locking, rules, selectors
from checkout.fulfilment.carriers import base
from checkout.fulfilment.models import Shipment, TrackingEvent
from checkout.orders.models import Order
from shop.core import db

log = structlog.get_logger("checkout.fulfilment")

MESSAGES = Counter("shop_carrier_messages_total", "Messages and files of carriers, by what became of them", ["outcome"])

BY = "system"
Code = TrackingEvent.Code
BadMessage, CarrierUnavailable = base.BadMessage, base.CarrierUnavailable
OLDEST, LATEST = timedelta(days=-366), timedelta(days=1)  # from now: what a carrier may tell of
_NEVER_SENT = (*rules.HERE, Shipment.Status.CANCELLED)


def track(
    *, shipment_id: UUID, code: str, at: datetime, source: str, event_id: str, text: str = "", place: str = ""
) -> bool:
    """Keep that something (`TrackingEvent.Code`) happened to a parcel, and act on it; False if it was known.

    `source` is a carrier's code, or who of the staff says so; `event_id` is unique for it. A parcel that was delivered
    has arrived; staff are told of one that is lost or comes back. Raises `ShipmentRefused` for no parcel at all.
    """
    with transaction.atomic(using=db.DEFAULT):
        _order, shipment = contents.locked(shipment_id)
        return _keep(shipment, base.Event(event_id, shipment.tracking_number, code, at, text, place), source)


def receive(*, carrier: str, body: bytes, headers: Mapping[str, str]) -> int:
    """Take in a carrier's signed message; returns how many of its events were new.

    Raises `BadMessage` as `record` does, and for what cannot be read (see `carriers.base`) or "unknown_carrier".
    """
    try:
        try:
            sender = carriers.carrier(carrier)
        except carriers.UnknownCarrier:
            raise BadMessage("unknown_carrier") from None
        return record(carrier=carrier, events=sender.events(body, headers))
    except BadMessage as refused:
        MESSAGES.labels(refused.code).inc()
        raise


def poll() -> int:
    """Ask the carriers that are offered for news; returns how many events were new. What is of no use is put away."""
    new = 0
    for code, _name in carriers.names():
        asked = carriers.carrier(code)
        try:
            found = asked.poll()
        except CarrierUnavailable as error:
            log.warning("carrier not asked", carrier=code, error=str(error))
            continue
        for polled in found:
            try:
                new += record(carrier=code, events=polled.events)
            except BadMessage as refused:
                log.warning("carrier's news refused", carrier=code, receipt=polled.receipt, code=refused.code)
                MESSAGES.labels(refused.code).inc()
            asked.heard(polled)
    return new


def record(*, carrier: str, events: Sequence[base.Event]) -> int:
    """Keep what a carrier told of its parcels; returns how many events were new. What it tells of parcels of archived
    orders, or of labels that are good no more, is of no use to anybody; nor is that of parcels which were never ours.

    Raises `BadMessage` ("unknown_parcel": it tells of none that is or was ours; "bad_time": one is far from now), and
    nothing was kept.
    """
    now = db.clock()
    if not all(OLDEST < event.at - now < LATEST for event in events):
        raise BadMessage("bad_time")
    numbers = {event.tracking_number for event in events}
    with transaction.atomic(using=db.DEFAULT):
        known = _locked(selectors.parcels_of(carrier, numbers))
        outcome = _outcome(carrier, numbers - set(known), is_any_ours=bool(known))
        ours = [event for event in events if event.tracking_number in known]
        new = sum(
            _keep(known[event.tracking_number], event, carrier) for event in sorted(ours, key=lambda event: event.at)
        )
    MESSAGES.labels(outcome).inc()
    return new


def _outcome(carrier: str, others: set[str], *, is_any_ours: bool) -> str:
    """What becomes of a message that tells of parcels by `others` too, which none of ours has. Raises `BadMessage`."""
    archived: set[str] = import_string(settings.ARCHIVED_PARCELS)(carrier, others) if others else set()
    forgotten = selectors.forgotten_numbers(carrier, others - archived) if others - archived else set()
    if not is_any_ours and not archived and not forgotten:
        raise BadMessage("unknown_parcel")
    if others:
        known = {"archived": sorted(archived), "forgotten": sorted(forgotten)}
        strange = sorted(others - archived - forgotten)
        log.warning("carrier tells of parcels that are not ours", carrier=carrier, numbers=strange, **known)
    if is_any_ours:
        return "accepted"
    return "archived" if archived else "forgotten"


def _locked(found: Mapping[str, Shipment]) -> dict[str, Shipment]:
    """The same parcels as their orders' locks give them; those that were archived a moment ago are left out."""
    locked: dict[UUID, Shipment] = {}
    for order_id in sorted({shipment.order_id for shipment in found.values()}):
        try:
            _order, shipments = locking.order_and_shipments(order_id)
        except Order.DoesNotExist:
            continue
        gone = Shipment.objects.filter(order_id=order_id, status=Shipment.Status.CANCELLED)
        locked |= {shipment.pk: shipment for shipment in (*shipments, *gone)}
    return {number: locked[shipment.pk] for number, shipment in found.items() if shipment.pk in locked}


def _keep(shipment: Shipment, event: base.Event, source: str) -> bool:
    """Keep an event of a locked parcel, and act on it if it is new."""
    _row, is_new = TrackingEvent.objects.get_or_create(
        source=source,
        event_id=event.event_id,
        defaults={
            "shipment": shipment, "order_id": shipment.order_id, "code": event.code, "at": event.at,
            "text": event.text[:200], "place": event.place[:100],
        },
    )  # fmt: skip
    if not is_new:
        return False
    if event.code == Code.DELIVERED and shipment.status == Shipment.Status.SHIPPED:
        shipment.status = leaving.deliver_one(shipment_id=shipment.pk, by=BY, at=event.at).status
    elif shipment.status == Shipment.Status.SHIPPED:
        leaving.note_problem(shipment)
    elif event.code == Code.DELIVERED and shipment.status in _NEVER_SENT:
        leaving.tell(shipment, "never_sent")
    return True
