"""Reads of transfers, and whether they add up."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from inventory.transfers.models import Transfer, TransferLine
from shop.core import db, invariants
from shop.core.links import Link, ids


def lines_of(transfer_id: UUID) -> list[TransferLine]:
    """The lines of a transfer, in their order."""
    return list(TransferLine.objects.using(db.INVENTORY).filter(transfer_id=transfer_id))


def links(transfer_ids: Iterable[str]) -> dict[str, Link]:
    """From where to where, and the admin pages of transfers, by id (`shop.core.links`)."""
    rows = Transfer.objects.using(db.INVENTORY).select_related("source", "target").filter(pk__in=ids(transfer_ids))
    return {
        str(row.pk): Link(
            _("Transfer %(way)s") % {"way": str(row)}, reverse("admin:inventory_transfer_change", args=[row.pk])
        )
        for row in rows
    }


_VIOLATIONS: tuple[invariants.Check, ...] = (
    (
        "transfer {0}: {1} units are under way, but the ledger says {2}",
        """
        SELECT transfer.id, lines.units, COALESCE(-moved.units, 0)
        FROM inventory_transfer transfer
        CROSS JOIN LATERAL (
            SELECT CASE WHEN transfer.status IN ('sent', 'received')
                        THEN COALESCE(SUM(quantity - received - written_off), 0) ELSE 0 END AS units
            FROM inventory_transferline WHERE transfer_id = transfer.id
        ) lines
        LEFT JOIN (SELECT document, SUM(quantity) AS units FROM inventory_stockmovement
                   WHERE kind = 'transfer' AND document <> '' GROUP BY 1) moved
               ON moved.document = 'transfer:' || transfer.id
        WHERE lines.units <> COALESCE(-moved.units, 0)
        """,
    ),
    (
        "transfer {0} is received, but {1} units are not accounted for",
        """
        SELECT transfer.id, SUM(quantity - received - written_off)
        FROM inventory_transfer transfer JOIN inventory_transferline line ON line.transfer_id = transfer.id
        WHERE transfer.status = 'received' GROUP BY 1 HAVING SUM(quantity - received - written_off) <> 0
        """,
    ),
)


def transfer_violations() -> list[str]:
    """I1: what left one location and has not come to the other is under way or written off. One sentence each."""
    return invariants.sentences(db.INVENTORY, _VIOLATIONS)
