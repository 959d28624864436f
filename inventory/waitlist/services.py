"""The line's commands. Each is a short transaction under the lock of the variant's stock items, and may be repeated."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Now

from inventory.reservations import locking as hold_locking
from inventory.reservations import selectors as reservation_selectors
from inventory.reservations import services as reservations
from inventory.stock import ledger, rules
from inventory.stock import locking as stock_locking
from inventory.stock import selectors as stock_selectors
from inventory.stock import services as stock
from inventory.stock.models import StockItem
from inventory.waitlist import locking, selectors
from inventory.waitlist.models import WaitingEntry
from shop.core import db
from shop.events import bus, types

Status = WaitingEntry.Status
AT_ONCE = 100  # offers in one transaction: the stock items stay locked no longer than that takes


class NotSoldOut(Exception):
    """The units can be bought now, or ordered ahead; there is nothing to wait for."""


def join(*, entry_id: UUID, variant_id: UUID, sku: str, units: int = 1, by: str) -> None:
    """Wait for `units` of a sold-out variant, at the place that the time-ordered `entry_id` gives. Once per id.

    `sku` names the stock item that is opened for a variant which never had one. Publishes `WaitingJoined`. Raises
    `NotSoldOut`, `ValueError` for a quantity that is none.
    """
    if not rules.is_quantity(units):
        raise ValueError("units are a whole number from 1")
    with transaction.atomic(using=db.INVENTORY):
        items = _opened(variant_id, sku, by)
        if _rows().filter(pk=entry_id).exists():
            return
        if stock_selectors.available([variant_id])[variant_id] >= units:
            raise NotSoldOut(str(variant_id))
        _rows().create(id=entry_id, variant_id=variant_id, units=units)
        ledger.mark_waiting(items, has_waiting=True)
        bus.publish(types.WaitingJoined(entry_id=entry_id, variant_id=variant_id), using=db.INVENTORY)


def leave(*, entry_id: UUID, by: str) -> bool:
    """Give up the place in the line, or the units that are held; True if there was either."""
    with transaction.atomic(using=db.INVENTORY):
        items, entry = locking.items_and_entry(entry_id)
        if entry is None or entry.status not in (Status.WAITING, Status.OFFERED):
            return False
        if entry.status == Status.OFFERED:
            reservations.let_go(items=items, rows=reservation_selectors.open_rows([entry_id]), by=by)
        _rows().filter(pk=entry_id).update(status=Status.LEFT, ended_at=Now())
        _mark(items)
        return True


def offer(*, variant_id: UUID) -> int:
    """Hold the free units of a variant for those next in turn; returns for how many. What was offered before and not
    used in time has passed on. Publishes `UnitHeld` for each.

    Strictly in turn: whoever wants more units than are free yet is waited for.
    """
    if not selectors.is_live(variant_id):
        return 0
    held = 0
    while (some := _offer(variant_id)) == AT_ONCE:
        held += some
    return held + some


def sweep(*, limit: int = 500) -> int:
    """`offer` for the variants whose event was lost or whose holds ran out; returns how many units were held."""
    return sum(offer(variant_id=variant_id) for variant_id in selectors.due(limit))


def reserve(
    *,
    quantities: Mapping[UUID, int],
    reference: UUID,
    ttl: timedelta,
    claims: Collection[UUID],
    by: str,
    at: UUID | None = None,
) -> datetime:
    """As `reservations.reserve`; what is held for the entries `claims` serves first, and these are taken by the order.

    A claim that is not held (any more), or by another order, is none. What the claims do not cover must be free for
    everybody. Raises what `reservations.reserve` does; then every entry keeps its units.
    """
    if not claims:
        return reservations.reserve(quantities=quantities, reference=reference, ttl=ttl, by=by, at=at)
    with hold_locking.clear_answer(), transaction.atomic(using=db.INVENTORY, durable=True):
        until, given = reservations.exchange(
            holders=claims, quantities=quantities, reference=reference, ttl=ttl, by=by, at=at
        )
        _rows().filter(pk__in=given, status=Status.OFFERED).update(
            status=Status.TAKEN, taken_by=Value(reference), ended_at=Now()
        )
        return until


def give_back(*, reference: UUID, by: str) -> None:
    """The order could not be written: let go of what it holds, and hold its claims again for those who had them."""
    with transaction.atomic(using=db.INVENTORY):
        items, entries = locking.items_and_taken(reference, reservation_selectors.variants_of(reference))
        rows = reservation_selectors.open_rows([reference])
        if not rows:
            return
        reservations.let_go(items=items, rows=rows, by=by)
        now = db.clock(db.INVENTORY)
        for entry in entries:
            if entry.expires_at is not None and entry.expires_at > now:
                _hold(items, entry, entry.expires_at, by)
                _rows().filter(pk=entry.pk).update(status=Status.OFFERED, taken_by=None, ended_at=None)


def _offer(variant_id: UUID) -> int:
    """Up to `AT_ONCE` offers in one transaction."""
    with transaction.atomic(using=db.INVENTORY):
        items = stock_locking.items_of([variant_id])
        now = db.clock(db.INVENTORY)  # before the holds are reaped, so that no entry passes whose units are held still
        reservations.reap(items=items)
        _rows().filter(variant_id=variant_id, status=Status.OFFERED, expires_at__lte=now).update(
            status=Status.PASSED, ended_at=Now()
        )
        chosen = _next(variant_id, sum(item.available for item in items if item.location.is_active))
        expires_at = now + settings.WAITLIST_HOLD
        for entry in chosen:
            _hold(items, entry, expires_at, "system")
            bus.publish(
                types.UnitHeld(entry_id=entry.pk, variant_id=variant_id, expires_at=expires_at.isoformat()),
                using=db.INVENTORY,
            )
        _rows().filter(pk__in=[entry.pk for entry in chosen]).update(
            status=Status.OFFERED, offered_at=Now(), expires_at=expires_at
        )
        _mark(items)
        return len(chosen)


def _next(variant_id: UUID, free: int) -> list[WaitingEntry]:
    """The first in the line whom `free` units serve."""
    chosen: list[WaitingEntry] = []
    for entry in _rows().filter(variant_id=variant_id, status=Status.WAITING).order_by("pk")[: min(free, AT_ONCE)]:
        if entry.units > free:
            break
        chosen.append(entry)
        free -= entry.units
    return chosen


def _hold(items: Sequence[StockItem], entry: WaitingEntry, expires_at: datetime, by: str) -> None:
    reservations.take(
        items=items, quantities={entry.variant_id: entry.units}, reference=entry.pk, expires_at=expires_at, by=by
    )


def _opened(variant_id: UUID, sku: str, by: str) -> list[StockItem]:
    """The locked stock items of a variant; one at the default location if it had none."""
    items = stock_locking.items_of([variant_id])
    if not items:
        stock.load(rows=[stock.InitialStock(variant_id, sku, 0)], reason="waited for", by=by)
        items = stock_locking.items_of([variant_id])
    return items


def _mark(items: Sequence[StockItem]) -> None:
    """Keep `has_waiting` true, for the locked items of one variant."""
    variant_ids = {item.variant_id for item in items}
    waits = _rows().filter(variant_id__in=variant_ids, status=Status.WAITING).exists()
    ledger.mark_waiting(items, has_waiting=waits)


def _rows():  # type: ignore[no-untyped-def]
    return WaitingEntry.objects.using(db.INVENTORY)
