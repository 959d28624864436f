"""Reads of the reservations, and whether they add up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Min
from django.db.models.functions import Now

from inventory.reservations.models import Reservation
from shop.core import db, invariants

OPEN = Reservation.Status.OPEN


def variants_of(reference: UUID) -> set[UUID]:
    """The variants that a reference has ever reserved."""
    rows = Reservation.objects.using(db.INVENTORY).filter(reference=reference)
    return set(rows.values_list("variant_id", flat=True))


def open_rows(references: Iterable[UUID]) -> list[Reservation]:
    """What the references hold now, or have held beyond its time; to be read under the lock of the stock items."""
    rows = Reservation.objects.using(db.INVENTORY).filter(reference__in=list(references), status=OPEN)
    return list(rows.order_by("pk"))


def held_until(reference: UUID) -> datetime | None:
    """Until when the reference's units are held; None if they are not, or not any more."""
    rows = Reservation.objects.using(db.INVENTORY).filter(reference=reference, status=OPEN, expires_at__gt=Now())
    until: datetime | None = rows.aggregate(until=Min("expires_at"))["until"]
    return until


def expired_references(limit: int) -> list[UUID]:
    """Up to `limit` references with reservations that have expired and are still open, the oldest first."""
    rows = (
        Reservation.objects.using(db.INVENTORY)
        .filter(status=OPEN, expires_at__lte=Now())
        .order_by("expires_at")
        .values_list("reference", flat=True)[: 10 * limit]
    )
    return list(dict.fromkeys(rows))[:limit]


def counts() -> dict[str, int]:
    """For the metrics: how many reservations are "open", and how many of those "expired" and await the sweep."""
    rows = Reservation.objects.using(db.INVENTORY).filter(status=OPEN)
    return {"open": rows.count(), "expired": rows.filter(expires_at__lte=Now()).count()}


_VIOLATIONS = (
    (
        "stock item {0}: reserved {1}, but its open reservations sum to {2}",
        """
        SELECT item.id, item.reserved, COALESCE(held.units, 0)
        FROM inventory_stockitem item
        LEFT JOIN (SELECT stock_item_id, SUM(quantity) AS units FROM inventory_reservation
                   WHERE status = 'open' GROUP BY 1) held ON held.stock_item_id = item.id
        WHERE item.reserved <> COALESCE(held.units, 0)
        """,
    ),
    (
        "reservation {0} is {1}, ended at {2}",
        """
        SELECT id, status, ended_at FROM inventory_reservation
        WHERE status NOT IN ('open', 'consumed', 'released', 'expired') OR (status = 'open') <> (ended_at IS NULL)
        """,
    ),
    (
        "reference {0}, variant {1}: {2} units consumed, but {3} allocated",
        """
        SELECT reference, variant_id, COALESCE(consumed.units, 0), COALESCE(sold.units, 0)
        FROM (SELECT COALESCE(sold_to, reference) AS reference, variant_id, SUM(quantity) AS units
              FROM inventory_reservation WHERE status = 'consumed' GROUP BY 1, 2) consumed
        FULL JOIN (SELECT reference, variant_id, SUM(quantity) AS units FROM inventory_allocation
                   GROUP BY 1, 2) sold USING (reference, variant_id)
        WHERE COALESCE(consumed.units, 0) <> COALESCE(sold.units, 0)
        """,
    ),
    (
        "reservation {0} of stock item {1}, which does not exist",
        """
        SELECT id, stock_item_id FROM inventory_reservation held
        WHERE NOT EXISTS (SELECT FROM inventory_stockitem item WHERE item.id = held.stock_item_id)
        """,
    ),
)


def reservation_violations() -> list[str]:
    """I2: counters are the sums of open rows, each row ended at most once, consumed is allocated. One sentence each."""
    return invariants.sentences(db.INVENTORY, _VIOLATIONS)
