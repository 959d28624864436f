"""Reservations have no lock of their own: they change only under the lock of their stock item."""

from __future__ import annotations

from uuid import UUID

from inventory.reservations.models import Reservation
from inventory.stock import locking
from inventory.stock.models import StockItem
from shop.core import db


def items_and_rows(reference: UUID, variant_ids: set[UUID]) -> tuple[list[StockItem], list[Reservation]]:
    """Lock the stock items of the variants, then read the reference's reservations, oldest first.

    `variant_ids` must hold those that the reference has reserved; they never change for one reference.
    """
    items = locking.items_of(variant_ids)
    return items, list(Reservation.objects.using(db.INVENTORY).filter(reference=reference).order_by("pk"))
