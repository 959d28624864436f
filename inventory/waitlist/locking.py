"""Entries have no lock of their own: they change only under the lock of their variant's stock items."""

from __future__ import annotations

from uuid import UUID

from inventory.stock import locking
from inventory.stock.models import StockItem
from inventory.waitlist.models import WaitingEntry
from shop.core import db


def items_and_entry(entry_id: UUID) -> tuple[list[StockItem], WaitingEntry | None]:
    """Lock the stock items of the entry's variant, then read the entry; None if there is none."""
    rows = WaitingEntry.objects.using(db.INVENTORY).filter(pk=entry_id)
    variant_ids = list(rows.values_list("variant_id", flat=True))
    return locking.items_of(variant_ids), rows.first() if variant_ids else None


def items_and_taken(reference: UUID, variant_ids: set[UUID]) -> tuple[list[StockItem], list[WaitingEntry]]:
    """Lock the stock items of the variants, then read the entries that the order `reference` has taken."""
    items = locking.items_of(variant_ids)
    rows = WaitingEntry.objects.using(db.INVENTORY).filter(taken_by=reference, status=WaitingEntry.Status.TAKEN)
    return items, list(rows.order_by("pk"))
