"""Lines of those who wait, made through the service."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from uuid import UUID

from inventory.reservations.models import Reservation
from inventory.stock.models import StockItem
from inventory.waitlist import services
from inventory.waitlist.models import WaitingEntry
from shop.core import db
from shop.events import types

# For tests that look at the inventory alone: with nobody to mail, what is held would be given up at once.
ALONE = {types.StockChanged: ("inventory.waitlist.receivers.offer",)}
_later = count(1)  # keys made within one millisecond are in no order


def joined(item: StockItem, number: int = 1, *, units: int = 1) -> list[UUID]:
    """So many places in the line for a sold-out item, in turn."""
    entries = [UUID(int=db.uuid7_floor(db.clock(db.INVENTORY)).int + next(_later)) for _ in range(number)]
    for entry_id in entries:
        services.join(entry_id=entry_id, variant_id=item.variant_id, sku=item.sku, units=units, by="guest")
    return entries


def lapse(entry_id: UUID) -> None:
    """What was held for the entry is over now."""
    past = db.clock(db.INVENTORY) - timedelta(seconds=1)
    WaitingEntry.objects.filter(pk=entry_id).update(expires_at=past)
    Reservation.objects.filter(reference=entry_id, status="open").update(expires_at=past)


def statuses(*entry_ids: UUID) -> list[str]:
    """How the entries stand in the table, in the order asked for."""
    found = dict(WaitingEntry.objects.filter(pk__in=entry_ids).values_list("pk", "status"))
    return [found[key] for key in entry_ids]
