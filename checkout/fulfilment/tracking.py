"""What carriers tell of parcels under way: kept once, in whatever order it comes; a delivered parcel has arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from django.db import transaction
from prometheus_client import Counter

from checkout.fulfilment import carriers, contents, leaving, locking, rules, selectors
from checkout.fulfilment.carriers import base
from checkout.fulfilment.models import Shipment, TrackingEvent
from shop.core import db
from shop.events import bus, types

log = structlog.get_logger("checkout.fulfilment")

MESSAGES = Counter("shop_carrier_messages_total", "Messages and files of carriers, by what became of them", ["outcome"])

BY = "system"
Code = TrackingEvent.Code
BadMessage, CarrierUnavailable = base.BadMessage, base.CarrierUnavailable
_TROUBLE = (Code.RETURNED_TO_SENDER, Code.LOST)


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
    """Take in a carrier's signed message, all of it or nothing; returns how many of its events were new.

    Raises `BadMessage` (see `carriers.base`; "unknown_carrier", "unknown_parcel" as well).
    """
    try:
        try:
            sender = carriers.carrier(carrier)
        except carriers.UnknownCarrier:
            raise BadMessage("unknown_carrier") from None
        new = record(carrier=carrier, events=sender.events(body, headers))
    except BadMessage as refused:
        MESSAGES.labels(refused.code).inc()
        raise
    MESSAGES.labels("accepted").inc()
    return new


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
                MESSAGES.labels("accepted").inc()
            except BadMessage as refused:
                log.warning("carrier's news refused", carrier=code, receipt=polled.receipt, code=refused.code)
                MESSAGES.labels(refused.code).inc()
            asked.heard(polled)
    return new


def record(*, carrier: str, events: Sequence[base.Event]) -> int:
    """Keep what a carrier told of its parcels, all of it or nothing; returns how many were new.

    Raises `BadMessage` ("unknown_parcel").
    """
    with transaction.atomic(using=db.DEFAULT):
        known = selectors.parcels_of(carrier, (event.tracking_number for event in events))
        if any(event.tracking_number not in known for event in events):
            raise BadMessage("unknown_parcel")
        locked: dict[UUID, Shipment] = {}
        for order_id in sorted({shipment.order_id for shipment in known.values()}):
            _order, shipments = locking.order_and_shipments(order_id)
            locked |= {shipment.pk: shipment for shipment in shipments}
        return sum(
            _keep(locked[known[event.tracking_number].pk], event, carrier)
            for event in sorted(events, key=lambda event: event.at)
            if known[event.tracking_number].pk in locked  # not cancelled since
        )


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
    elif event.code in _TROUBLE and shipment.status == Shipment.Status.SHIPPED:
        contents.touch(shipment, problem=event.code)
        _tell(shipment, event.code)
    elif event.code == Code.DELIVERED and shipment.status in rules.HERE:
        _tell(shipment, "never_sent")
    return True


def _tell(shipment: Shipment, what: str) -> None:
    event = types.ParcelInTrouble(order_id=shipment.order_id, shipment_id=shipment.pk, what=what)
    bus.publish(event, using=db.DEFAULT)
