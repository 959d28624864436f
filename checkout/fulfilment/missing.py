"""Units that were not on the shelf and are waited for, in a parcel of their own.

The stock is counted down first, and the parcel written afterwards. Where they have databases of their own, somebody may
die in between: `finish` hears of it with the units. That a parcel was written is noted with it (`bus.handled_once`).
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import NAMESPACE_OID, UUID, uuid5

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from checkout.fulfilment import contents
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders.models import Order
from shop.core import db
from shop.events import bus, types
from shop.events.models import Delivery, HandledEvent, OutboxEvent

log = structlog.get_logger("checkout.fulfilment")

_NOTED = "checkout.fulfilment.missing"


def document_of(shipment: Shipment) -> str:
    """What the stock's ledger calls units that are missing of a locked parcel as it is now."""
    return f"shipment:{shipment.pk}#{shipment.version}"


def note_written(document: str) -> bool:
    """Note in the caller's transaction that a parcel waits for what was counted away with a document; False if that
    was noted before."""
    return bus.handled_once(_key(document), _NOTED, using=db.DEFAULT)


def wait(order: Order, shipment: Shipment, units: Mapping[ShipmentLine, int], *, by: str) -> Shipment:
    """Units of a locked open parcel wait for stock, in a parcel of their own; the shopper is told. Returns that one."""
    here = contents.lines_of([shipment])
    if sum(units.values()) == sum(line.quantity for line in here):
        contents.touch(shipment, is_waiting=True)
        new = shipment
    else:
        contents.lose(here, {line.pk: number for line, number in units.items()}, by=by)
        new = contents.make(
            order, location_id=shipment.location_id, by=by, is_waiting=True,
            units={line.order_line_id: number for line, number in units.items()},
        )  # fmt: skip
    bus.publish(types.UnitsDelayed(order_id=order.pk, shipment_id=new.pk), using=db.DEFAULT)
    return new


def finish(*, document: str, location_id: UUID, units: Mapping[UUID, int], by: str) -> None:
    """Let units (by variant) wait that were counted away with a parcel's document, unless they do: who did so died.

    As many as nobody has picked since, while the parcel is packed at that location. Idempotent.
    """
    kind, _colon, name = document.partition(":")
    if kind != "shipment":
        return
    with transaction.atomic(using=db.DEFAULT):
        try:
            order, shipment = contents.locked(UUID(name.partition("#")[0]))
        except contents.ShipmentRefused:  # archived since
            return
        if not note_written(document):
            return
        is_open = shipment.status == Shipment.Status.OPEN and shipment.location_id == location_id
        absent = _not_picked(shipment, units) if is_open and order.status in contents.GOING_ON else {}
        if absent:
            log.warning("parcel waits for what was counted away", shipment=shipment.number, units=sum(absent.values()))
            wait(order, shipment, absent, by=by)
            contents.note_state(order=order, by=by)


def check_finished(order: Order, shipment: Shipment, *, but: str) -> None:
    """Refuse to count units of a locked order away while others were, and no parcel is written (`finish` is to do it).

    Not for those of this document, which count once. Raises `ShipmentRefused`. One query if none were ever missed.
    """
    told = OutboxEvent.objects.using(db.INVENTORY).filter(
        aggregate_type="order", aggregate_id=str(order.pk), event_type=types.UnitsMissed.__name__
    )
    keys = {event.pk: _key(event.data["document"]) for event in told if event.data["document"] != but}
    owed = Delivery.objects.using(db.INVENTORY).filter(event_id__in=keys).exclude(status=Delivery.Status.DONE)
    unheard = {keys[event_id] for event_id in owed.values_list("event_id", flat=True)} if keys else set()
    written = HandledEvent.objects.filter(handler=_NOTED, event_id__in=unheard).values_list("event_id", flat=True)
    if unheard - set(written):
        text = _("The units of parcel %(number)s were just counted. Look at it again in a moment.")
        raise contents.ShipmentRefused(text % {"number": shipment.number}, "changed_meanwhile")


def _not_picked(shipment: Shipment, units: Mapping[UUID, int]) -> dict[ShipmentLine, int]:
    left, found = dict(units), {}
    for line in contents.lines_of([shipment]):
        number = min(left.get(line.order_line.variant_id, 0), line.quantity - line.picked)
        if number > 0:
            found[line] = number
            left[line.order_line.variant_id] -= number
    return found


def _key(document: str) -> UUID:
    return uuid5(NAMESPACE_OID, document)
