"""Packing slips that were printed: whether they still say what is in their parcels."""

from __future__ import annotations

from collections.abc import Iterable

from checkout.fulfilment import rules
from checkout.fulfilment.models import Shipment, ShipmentLine


def note_printed(shipments: Iterable[Shipment]) -> None:
    """Note what the slips say that were just drawn of these parcels: of their `lines` as they were read for them.

    Not a change of the parcels: their `version` stays.
    """
    for shipment in shipments:
        shipment.printed = _told(shipment.lines.all())
        Shipment.objects.filter(pk=shipment.pk).update(printed=shipment.printed)


def is_outdated(shipment: Shipment, lines: Iterable[ShipmentLine] | None = None) -> bool:
    """Whether the slip that was printed last says other units than are in a parcel that is still here.

    `lines`: all that are in it; None: asked of the parcel (no query where they were read with it).
    """
    if shipment.printed is None or shipment.status not in rules.HERE:
        return False
    return bool(shipment.printed != _told(shipment.lines.all() if lines is None else lines))


def _told(lines: Iterable[ShipmentLine]) -> dict[str, int]:
    return {str(line.order_line_id): line.quantity for line in lines}
