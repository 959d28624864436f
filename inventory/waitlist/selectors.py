"""Reads of the line, and whether it adds up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connections
from django.db.models import Count, Q
from django.db.models.functions import Now

from inventory.waitlist.models import WaitingEntry
from shop.core import db, invariants
from shop.core.invariants import Check

Status = WaitingEntry.Status
_LIVE_OFFER = Q(status=Status.OFFERED, expires_at__gt=Now())

# An entry with its place: how many of its variant's line are before it, and itself. Only those who wait have one.
_PLACES = """
    SELECT entry.id, (SELECT count(*) FROM inventory_waitingentry other
                      WHERE other.variant_id = entry.variant_id AND other.status = 'waiting' AND other.id <= entry.id)
    FROM inventory_waitingentry entry WHERE entry.id = ANY(%s::uuid[]) AND entry.status = 'waiting'
"""
_FREE = """item.on_hand - item.reserved - item.allocated
    + CASE WHEN item.orders_until IS NULL OR item.orders_until > statement_timestamp()
           THEN item.backorder_limit ELSE 0 END"""
_DUE = f"""
    SELECT variant_id FROM inventory_waitingentry WHERE status = 'offered' AND expires_at <= statement_timestamp()
    UNION
    SELECT waiting.variant_id
    FROM (SELECT DISTINCT variant_id FROM inventory_waitingentry WHERE status = 'waiting') waiting
    WHERE EXISTS (
        SELECT FROM inventory_stockitem item
        JOIN inventory_location location ON location.id = item.location_id AND location.is_active
        WHERE item.variant_id = waiting.variant_id
          AND ({_FREE} > 0
               OR EXISTS (SELECT FROM inventory_reservation held
                          WHERE held.stock_item_id = item.id AND held.status = 'open'
                            AND held.expires_at <= statement_timestamp()))
    )
    LIMIT %s
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the line: `status` waiting, offered, taken, passed or left. `place` counts from 1 while it waits;
    `expires_at` is until when units are held while they are offered."""

    id: UUID
    variant_id: UUID
    units: int
    status: str
    place: int | None
    expires_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it waits or has units."""
        return self.status in (Status.WAITING, Status.OFFERED)


def entries(entry_ids: Iterable[UUID]) -> dict[UUID, Entry]:
    """Those of the entries that exist, by id. What was offered and is over by the database's clock reads as passed.
    Two queries."""
    ids = list(entry_ids)
    rows = WaitingEntry.objects.using(db.INVENTORY).filter(pk__in=ids).annotate(moment=Now())
    found = list(rows)
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute(_PLACES, [ids])
        places: dict[UUID, int] = dict(cursor.fetchall())
    return {row.pk: _entry(row, row.moment, places.get(row.pk)) for row in found}


@dataclass(frozen=True, slots=True)
class Held:
    """Units that are held for an entry, and until when."""

    variant_id: UUID
    units: int
    expires_at: datetime


def held(entry_ids: Iterable[UUID]) -> dict[UUID, Held]:
    """What is held for these entries now; those for which nothing is are absent."""
    rows = WaitingEntry.objects.using(db.INVENTORY).filter(_LIVE_OFFER, pk__in=list(entry_ids))
    return {
        key: Held(variant_id, units, expires_at)
        for key, variant_id, units, expires_at in rows.values_list("pk", "variant_id", "units", "expires_at")
        if expires_at is not None
    }


def taken(entry_ids: Iterable[UUID]) -> set[UUID]:
    """Those of the entries whose units an order has taken."""
    rows = WaitingEntry.objects.using(db.INVENTORY).filter(pk__in=list(entry_ids), status=Status.TAKEN)
    return set(rows.values_list("pk", flat=True))


def is_live(variant_id: UUID) -> bool:
    """Whether somebody waits for the variant or was offered units of it."""
    rows = WaitingEntry.objects.using(db.INVENTORY).filter(variant_id=variant_id)
    return rows.filter(status__in=[Status.WAITING, Status.OFFERED]).exists()


def due(limit: int) -> list[UUID]:
    """Up to `limit` variants that have something to offer to those who wait, or offers that have run out."""
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute(_DUE, [limit])
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Line:
    """How many wait for a variant, and for how many units of it are held."""

    variant_id: UUID
    waiting: int
    offered: int


def lines(limit: int = 20) -> list[Line]:
    """The variants that are waited for, the longest line first."""
    rows = (
        WaitingEntry.objects.using(db.INVENTORY)
        .filter(status__in=[Status.WAITING, Status.OFFERED])
        .values("variant_id")
        .annotate(waiting=Count("pk", filter=Q(status=Status.WAITING)), offered=Count("pk", filter=_LIVE_OFFER))
        .order_by("-waiting", "-offered", "variant_id")[:limit]
    )
    return [Line(row["variant_id"], row["waiting"], row["offered"]) for row in rows]


def _entry(row: WaitingEntry, moment: datetime, place: int | None) -> Entry:
    is_over = row.status == Status.OFFERED and row.expires_at is not None and row.expires_at <= moment
    status = Status.PASSED if is_over else Status(row.status)
    return Entry(
        id=row.pk,
        variant_id=row.variant_id,
        units=row.units,
        status=status.value,
        place=place,
        expires_at=row.expires_at if status == Status.OFFERED else None,
    )


_VIOLATIONS: tuple[Check, ...] = (
    (
        "entry {0} is offered {1} units, but {2} are held for it",
        """
        SELECT entry.id, entry.units, COALESCE(held.units, 0)
        FROM inventory_waitingentry entry
        LEFT JOIN (SELECT reference, variant_id, SUM(quantity) AS units FROM inventory_reservation
                   WHERE status = 'open' GROUP BY 1, 2) held
               ON held.reference = entry.id AND held.variant_id = entry.variant_id
        WHERE entry.status = 'offered' AND entry.expires_at > statement_timestamp()
          AND entry.units <> COALESCE(held.units, 0)
        """,
    ),
    (
        "entry {0} is {1}, but {2} units are held for it",
        """
        SELECT entry.id, entry.status, held.quantity
        FROM inventory_reservation held JOIN inventory_waitingentry entry ON entry.id = held.reference
        WHERE held.status = 'open' AND entry.status <> 'offered'
        """,
    ),
    (
        "units for entry {0} are held until {1}, but they were offered until {2}",
        """
        SELECT entry.id, held.expires_at, entry.expires_at
        FROM inventory_reservation held JOIN inventory_waitingentry entry ON entry.id = held.reference
        WHERE held.status = 'open' AND entry.status = 'offered' AND held.expires_at <> entry.expires_at
        """,
    ),
    (
        "variant {0}: {1} wait, but its stock items say has_waiting = {2}",
        """
        SELECT variant_id, COALESCE(line.entries, 0), COALESCE(items.has_waiting, false)
        FROM (SELECT variant_id, count(*) AS entries FROM inventory_waitingentry
              WHERE status = 'waiting' GROUP BY 1) line
        FULL JOIN (SELECT variant_id, bool_or(has_waiting) AS has_waiting FROM inventory_stockitem
                   GROUP BY 1) items USING (variant_id)
        WHERE COALESCE(items.has_waiting, false) <> (COALESCE(line.entries, 0) > 0)
        """,
    ),
    (
        "entry {0} was taken by {1}, which holds nothing and was sold nothing",
        """
        SELECT entry.id, entry.taken_by FROM inventory_waitingentry entry
        WHERE entry.status = 'taken'
          AND NOT EXISTS (SELECT FROM inventory_reservation held
                          WHERE held.reference = entry.taken_by AND held.variant_id = entry.variant_id)
        """,
    ),
)
_STUCK: tuple[Check, ...] = (
    (
        "entry {0} was offered units until {1} and has not passed",
        """
        SELECT id, expires_at FROM inventory_waitingentry
        WHERE status = 'offered' AND expires_at < statement_timestamp() - interval '10 minutes'
        """,
    ),
    (
        "units of variant {0} are free since {1}, but entry {2} still waits for them",
        f"""
        SELECT items.variant_id, items.since, head.id
        FROM (SELECT item.variant_id, MAX(item.updated_at) AS since,
                     SUM(GREATEST(0, {_FREE})) AS units
              FROM inventory_stockitem item
              JOIN inventory_location location ON location.id = item.location_id AND location.is_active
              WHERE item.has_waiting GROUP BY 1) items
        JOIN LATERAL (SELECT id, entry.units FROM inventory_waitingentry entry
                      WHERE entry.variant_id = items.variant_id AND entry.status = 'waiting'
                      ORDER BY id LIMIT 1) head ON head.units <= items.units
        WHERE items.since < statement_timestamp() - interval '10 minutes'
        """,  # noqa: S608
    ),
)


def line_violations() -> list[str]:
    """I2: every offer is a hold, every hold for the line an offer, and the stock knows whether somebody waits."""
    return invariants.sentences(db.INVENTORY, _VIOLATIONS)


def line_moves() -> list[str]:
    """I13: units do not lie idle while somebody waits for them, and offers end."""
    return invariants.sentences(db.INVENTORY, _STUCK)
