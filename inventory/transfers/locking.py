"""The row lock of a transfer. It comes before those of stock items."""

from __future__ import annotations

from uuid import UUID

from inventory.transfers.models import Transfer
from shop.core import db


def transfer(transfer_id: UUID) -> Transfer | None:
    """Lock and return a transfer; None if there is none. Its lines change only under this lock."""
    rows = Transfer.objects.using(db.INVENTORY).filter(pk=transfer_id)
    return rows.select_related("source", "target").select_for_update(of=("self",), no_key=True).first()
