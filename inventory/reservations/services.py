"""The reservations' commands. Each is one short transaction and may be repeated.

The rows of a reference with the latest `expires_at` say what it wants: `extend` and `commit` hold it anew if some have
expired and the units are still there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from inventory.reservations import direct, locking, selectors, sums
from inventory.reservations.models import Reservation
from inventory.stock import rules
from inventory.stock import selectors as stock_selectors
from inventory.stock import services as stock
from inventory.stock.models import StockItem
from shop.core import db
from shop.events import bus, types

Status = Reservation.Status
Busy = locking.Busy


class OutOfStock(Exception):
    """`shortages`: of each variant that cannot be had in the number wanted, how many units can."""

    def __init__(self, shortages: dict[UUID, int]) -> None:
        super().__init__(f"{len(shortages)} variants are short")
        self.shortages = shortages


class OtherUnits(Exception):
    """The reference already holds other quantities than it asks for now."""


def reserve(
    *, quantities: Mapping[UUID, int], reference: UUID, ttl: timedelta, by: str, at: UUID | None = None
) -> datetime:
    """Hold units (by variant id, ≥ 1 each) for `reference` until now + `ttl`; returns that moment, aware UTC.

    Of the location `at`, if given. Everything or nothing, in a transaction of its own. The same reference with the
    same quantities again gets what it has. Raises `OutOfStock`, `OtherUnits`, `Busy`, `ValueError` for bad quantities.
    """
    _check(quantities)
    with locking.clear_answer():
        if at is None and not bus.is_heard(types.StockReserved):
            answer = direct.reserve(quantities=quantities, reference=reference, ttl=ttl, by=by)
            if answer.held_until is not None:
                return answer.held_until
            if not answer.is_known:
                _refuse_at_once(quantities, reference)
        with transaction.atomic(using=db.INVENTORY, durable=True):
            return exchange(holders=(), quantities=quantities, reference=reference, ttl=ttl, by=by, at=at)[0]


def exchange(
    *, holders: Iterable[UUID], quantities: Mapping[UUID, int], reference: UUID, ttl: timedelta, by: str,
    at: UUID | None = None,
) -> tuple[datetime, set[UUID]]:  # fmt: skip
    """As `reserve`, in the caller's transaction: what the references `holders` hold of these variants serves first.

    Returns until when the units are held, and which of `holders` gave theirs; what they hold beyond the quantities is
    let go. Raises as `reserve` does.
    """
    _check(quantities)
    now = locking.begin(reference)
    items, rows = locking.items_and_rows(reference, set(quantities))
    latest = sums.latest(rows)
    live = [row for row in latest if row.status in (Status.OPEN, Status.CONSUMED)]
    if live and sums.by_variant(latest) != dict(quantities):
        raise OtherUnits(str(reference))
    if live and (live[0].status == Status.CONSUMED or live[0].expires_at > now):
        return live[0].expires_at, set()
    given: list[Reservation] = []
    if live:
        _renew(items, latest, now + ttl, by)
    else:
        given = _give_up(items, holders, by)
        _hold(items, quantities, reference, now + ttl, by, claimed=sums.by_variant(given), at=at)
    if bus.is_heard(types.StockReserved):  # otherwise a row per order that nobody reads: the reservation says the same
        bus.publish(types.StockReserved(reference=reference, expires_at=(now + ttl).isoformat()), using=db.INVENTORY)
    return now + ttl, {row.reference for row in given}


def extend(*, reference: UUID, ttl: timedelta) -> bool:
    """Hold until now + `ttl` at least; False if the units are not held and cannot be held again.

    Also False, and let go of, if a recount found that they do not exist: better to say so before money is taken.
    """
    try:
        with transaction.atomic(using=db.INVENTORY):
            now = locking.begin()
            items, rows = locking.items_and_rows(reference, selectors.variants_of(reference))
            latest = sums.latest(rows)
            statuses = {row.status for row in latest}
            if not latest or Status.RELEASED in statuses:
                return False
            if Status.CONSUMED in statuses:
                return True
            if _is_short(items, latest):
                let_go(items=items, rows=latest, by="system")
                return False
            _renew(items, latest, max(now + ttl, latest[0].expires_at), latest[0].actor)
            return True
    except OutOfStock:
        return False


def curtail(*, reference: UUID, ttl: timedelta) -> None:
    """Hold no longer than now + `ttl`: a call that needed certainty is over. What ends sooner stays as it is."""
    with transaction.atomic(using=db.INVENTORY):
        end = locking.begin() + ttl
        _items, rows = locking.items_and_rows(reference, selectors.variants_of(reference))
        longer = [row.pk for row in rows if row.status == Status.OPEN and row.expires_at > end]
        Reservation.objects.using(db.INVENTORY).filter(pk__in=longer).update(expires_at=end)


def commit(*, reference: UUID, by: str, to: UUID | None = None) -> bool:
    """The units of `reference` are sold: its reservation becomes an allocation, of `to` if given (the order that the
    reference is a change of), beside what `to` has already.

    True also when it did before; False if nothing is reserved for it, or it was released. What had expired is held
    anew first; raises `OutOfStock` if it is gone.
    """
    with transaction.atomic(using=db.INVENTORY):
        now = locking.begin()
        items, rows = locking.items_and_rows(reference, selectors.variants_of(reference))
        latest = sums.latest(rows)
        statuses = {row.status for row in latest}
        if Status.CONSUMED in statuses:
            return True
        if not latest or Status.RELEASED in statuses:
            return False
        if Status.EXPIRED in statuses:
            latest = _renew(items, latest, now, by)
        _end(latest, Status.CONSUMED, by, sold_to=to)
        stock.allocate(items=items, quantities=sums.by_item(latest), reference=to or reference, by=by)
        return True


def release(*, reference: UUID, by: str) -> None:
    """Let go of what `reference` holds."""
    with transaction.atomic(using=db.INVENTORY):
        items, rows = locking.items_and_rows(reference, selectors.variants_of(reference))
        let_go(items=items, rows=rows, by=by)


def expire(limit: int = 500) -> int:
    """Tidy up to `limit` references whose time is over, a transaction each; returns how many were."""
    expired = 0
    for reference in selectors.expired_references(limit):
        with transaction.atomic(using=db.INVENTORY):
            now = locking.begin()
            items, rows = locking.items_and_rows(reference, selectors.variants_of(reference))
            due = [row for row in rows if row.status == Status.OPEN and row.expires_at <= now]
            _expire(items, due)
            expired += bool(due)
    return expired


def _check(quantities: Mapping[UUID, int]) -> None:
    if not quantities or not all(rules.is_quantity(units) for units in quantities.values()):
        raise ValueError("quantities are whole numbers from 1")


def _refuse_at_once(quantities: Mapping[UUID, int], reference: UUID) -> None:
    """Who comes when the units are gone need not wait for the lock of their row to hear it. Expired holds are free.

    Looks in this order: a second click may find that it was the first one who took the units, just before.
    """
    have = stock_selectors.available(quantities)
    short = {variant: have[variant] for variant, units in quantities.items() if have[variant] < units}
    if short and not selectors.variants_of(reference):
        raise OutOfStock(short)


def _hold(
    items: Sequence[StockItem],
    quantities: Mapping[UUID, int],
    reference: UUID,
    expires_at: datetime,
    by: str,
    *,
    claimed: Mapping[UUID, int] | None = None,
    at: UUID | None = None,
) -> list[Reservation]:
    """Hold units of locked items (`at` a location): those `claimed`, and such as nobody waits for; expired ones too."""
    items = [item for item in items if at in (None, item.location_id)]
    owed = stock_selectors.owed(items)
    levels = sums.levels(items)
    if rules.shortages(quantities, levels, owed=owed, claimed=claimed) and reap(items=items):
        levels = sums.levels(items)
    if short := rules.shortages(quantities, levels, owed=owed, claimed=claimed):
        raise OutOfStock(short)
    return take(items=items, quantities=quantities, reference=reference, expires_at=expires_at, by=by)


def take(
    *, items: Sequence[StockItem], quantities: Mapping[UUID, int], reference: UUID, expires_at: datetime, by: str
) -> list[Reservation]:
    """Hold units of locked items, whoever waits for them; they must be there. Needs the caller's transaction."""
    strategy = items[0].strategy if items else None
    parts = rules.plan(quantities, sums.levels(items), strategy=strategy)
    stock.hold(items=items, quantities=parts)
    return Reservation.objects.using(db.INVENTORY).bulk_create(
        [
            Reservation(
                reference=reference,
                stock_item_id=item.id,
                variant_id=item.variant_id,
                quantity=parts[item.id],
                expires_at=expires_at,
                actor=by,
            )
            for item in items
            if item.id in parts
        ]
    )


def _renew(
    items: Sequence[StockItem], latest: Sequence[Reservation], expires_at: datetime, by: str
) -> list[Reservation]:
    """Hold what the `latest` rows want until `expires_at`: the same rows if all are open, otherwise new ones."""
    held = [row for row in latest if row.status == Status.OPEN]
    if len(held) == len(latest):
        Reservation.objects.using(db.INVENTORY).filter(pk__in=[row.pk for row in held]).update(expires_at=expires_at)
        return held
    _end(held, Status.EXPIRED, by)
    stock.unhold(items=items, quantities=sums.by_item(held))
    return _hold(items, sums.by_variant(latest), latest[0].reference, expires_at, by)


def _is_short(items: Iterable[StockItem], rows: Iterable[Reservation]) -> bool:
    """Whether open rows hold units of an item of which more are promised than were found."""
    held = {row.stock_item_id for row in rows if row.status == Status.OPEN}
    return any(item.shortfall for item in items if item.id in held)


def let_go(*, items: Sequence[StockItem], rows: Iterable[Reservation], by: str) -> None:
    """End those of the rows that are open; all their items must be locked. Needs the caller's transaction."""
    held = [row for row in rows if row.status == Status.OPEN]
    _end(held, Status.RELEASED, by)
    stock.unhold(items=items, quantities=sums.by_item(held))


def _give_up(items: Sequence[StockItem], references: Iterable[UUID], by: str) -> list[Reservation]:
    """Let go of what the references hold of the locked items, in time; returns the rows that ended."""
    wanted = list(references)
    if not wanted:
        return []
    rows = Reservation.objects.using(db.INVENTORY).filter(
        reference__in=wanted, stock_item_id__in=[item.id for item in items], status=Status.OPEN, expires_at__gt=Now()
    )
    given = list(rows.order_by("pk"))
    let_go(items=items, rows=given, by=by)
    return given


def reap(*, items: Sequence[StockItem]) -> bool:
    """Take back what is held of the locked items beyond its time; whether there was any."""
    due = list(
        Reservation.objects.using(db.INVENTORY).filter(
            stock_item_id__in=[item.id for item in items], status=Status.OPEN, expires_at__lte=Now()
        )
    )
    _expire(items, due)
    return bool(due)


def _expire(items: Sequence[StockItem], due: Sequence[Reservation]) -> None:
    """End reservations of locked items and tell of each reference once, whoever ends its rows and in whatever order.

    A reference's rows may end one by one, as others need their units; its oldest row of this expiry speaks for all.
    """
    if not due:
        return
    _end(due, Status.EXPIRED, "system")
    stock.unhold(items=items, quantities=sums.by_item(due))
    speakers = set(
        Reservation.objects.using(db.INVENTORY)
        .filter(reference__in={row.reference for row in due})
        .order_by("reference", "expires_at", "pk")
        .distinct("reference", "expires_at")
        .values_list("pk", flat=True)
    )
    for row in due:
        if row.pk in speakers:
            bus.publish(types.ReservationExpired(reference=row.reference), using=db.INVENTORY)


def _end(rows: Iterable[Reservation], status: Reservation.Status, by: str, *, sold_to: UUID | None = None) -> None:
    Reservation.objects.using(db.INVENTORY).filter(pk__in=[row.pk for row in rows], status=Status.OPEN).update(
        status=status, ended_at=Now(), actor=by, sold_to=sold_to
    )
