"""Parcels that wait for units which were not on the shelf: picked like all others once these have come."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from checkout.fulfilment import contents, selectors
from checkout.fulfilment.models import Shipment, ShipmentLine
from inventory.stock import selectors as stock
from shop.core import db

_BATCH = 500
Place = tuple[UUID, UUID]  # variant and location


def end(*, by: str) -> int:
    """Offer the parcels to the pickers again for which everything is there now, of units that came in (or were found)
    since some were missed: what the books had all along, somebody has looked for. Returns how many. Idempotent.
    """
    rows = Shipment.objects.filter(status=Shipment.Status.OPEN, is_waiting=True)
    waiting = list(rows.order_by("id").values_list("pk", flat=True))
    parts = (waiting[first : first + _BATCH] for first in range(0, len(waiting), _BATCH))
    return sum(_end(shipment_id, by) for ids in parts for shipment_id in complete(ids))


def complete(ids: Sequence[UUID]) -> list[UUID]:
    """Those of waiting parcels that have all of their units now, by what came in since. Five queries at most."""
    rows = ShipmentLine.objects.filter(shipment__in=ids).select_related("order_line", "shipment")
    lines = list(rows.order_by("shipment_id", "id"))
    absent = selectors.not_there_of(lines)
    came = stock.came_since_missed(place for line in lines if (place := _place(line)))
    lacking = {line.shipment_id for line in lines if line.pk in absent or _place(line) not in came}
    return [key for key in ids if key not in lacking]


def _place(line: ShipmentLine) -> Place | None:
    location_id = line.shipment.location_id
    return (line.order_line.variant_id, location_id) if location_id else None


def _end(shipment_id: UUID, by: str) -> int:
    with transaction.atomic(using=db.DEFAULT):
        _order, shipment = contents.locked(shipment_id)
        if shipment.status != Shipment.Status.OPEN or not shipment.is_waiting:
            return 0
        contents.touch(shipment, is_waiting=False)
        contents.note("units_came", shipment, by)
        return 1
