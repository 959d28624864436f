"""Move orders that are over into the archive, and bring one back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

import structlog
from allauth.account.models import EmailAddress
from django.db import connections, transaction

from checkout.archive import contents, locking, reading, selectors
from checkout.archive.models import ArchivedOrder
from checkout.orders.models import Order
from shop.audit import services as audit
from shop.core import db

log = structlog.get_logger("checkout.archive")

BATCH = 1000


class ArchiveRefused(Exception):
    """The archive cannot do this; `str()` is a sentence for people."""


class ChangedMeanwhile(Exception):
    """Something was added to an order while it was copied. Nothing of the batch was moved."""


def archive(
    *, since: datetime | None = None, before: datetime, batch: int = BATCH, limit: int | None = None, by: str
) -> Iterator[int]:
    """Move the orders that are over and were placed in [since, before) into the archive; yields the size of each batch.

    Each batch is a short transaction of its own that locks its orders alone and waits for nobody: orders that somebody
    works on, or that are not over yet, are left for the next time. Ended at any moment, what was moved is moved and the
    rest is untouched.
    """
    # Whether they are over in every way is asked once, under their locks (`move`).
    rows = selectors.ended().filter(pk__lt=db.uuid7_floor(before)).order_by("pk")
    after, left = db.uuid7_floor(since) if since else UUID(int=0), limit
    while left is None or left > 0:
        size = batch if left is None else min(batch, left)
        ids = list(rows.filter(pk__gte=after).values_list("pk", flat=True)[:size])
        if not ids:
            return
        moved = _try_to_move(ids, by)
        after = UUID(int=ids[-1].int + 1)
        left = None if left is None else left - moved
        yield moved


def count_over(*, since: datetime | None = None, before: datetime) -> int:
    """How many orders `archive` would move now."""
    rows = selectors.over().filter(pk__lt=db.uuid7_floor(before))
    return rows.filter(pk__gte=db.uuid7_floor(since)).count() if since else rows.count()


def _try_to_move(ids: Sequence[UUID], by: str) -> int:
    """Move a batch; none of it when something came in between: it is there for the next time."""
    _make_room(ids)
    try:
        return move(ids=ids, by=by)
    except ChangedMeanwhile as changed:
        log.warning("batch left for the next time", reason=str(changed), first=str(ids[0]), count=len(ids))
        return 0


def move(*, ids: Sequence[UUID], by: str) -> int:
    """Move those of these orders that are over and free, in one transaction; returns how many. The month's partition
    must be there. Raises `ChangedMeanwhile`."""
    with transaction.atomic(using=db.DEFAULT):
        free = locking.free_of(ids)
        still = list(selectors.over().filter(pk__in=free).order_by("pk").values_list("pk", flat=True))
        if not still:
            return 0
        with connections[db.DEFAULT].cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")  # many small subqueries: compiling them costs more than running them
            cursor.execute(contents.copy_sql(), {"ids": still})
            copied = dict(cursor.fetchall())
            for part in reversed(contents.PARTS):
                cursor.execute(contents.delete_sql(part), {"ids": still})
                _compare(part.table, cursor.rowcount, copied)
            cursor.execute(f'DELETE FROM "{contents.ORDER_TABLE}" WHERE id = ANY(%(ids)s)', {"ids": still})  # noqa: S608
            _compare(contents.ORDER_TABLE, cursor.rowcount, copied)
        audit.record(
            action="order.archive", by=by, object_type="order", object_id=still[0], using=db.DEFAULT,
            changes={"count": len(still), "until": str(still[-1])},
        )  # fmt: skip
    return len(still)


def _compare(table: str, deleted: int, copied: dict[str, int]) -> None:
    """What goes out of a table is what was copied from it, row for row."""
    if deleted != copied.get(table, 0):
        raise ChangedMeanwhile(f"{table}: {copied.get(table, 0)} rows copied, {deleted} found")


def _make_room(ids: Sequence[UUID]) -> None:
    """Make the partitions of these keys' months that are not there yet."""
    table = ArchivedOrder._meta.db_table
    for month in sorted({db.months(db.uuid7_time(key), 1)[0] for key in ids}):
        with connections[db.DEFAULT].cursor() as cursor:
            cursor.execute("SELECT to_regclass(%s)", [f"{table}_{month:%Y_%m}"])
            if cursor.fetchone()[0] is None:
                cursor.execute(db.partition_sql(table, month))


def restore(*, number: str, by: str) -> Order:
    """Bring an archived order back, row for row as it was. Raises `ArchiveRefused` if there is none."""
    with transaction.atomic(using=db.DEFAULT):
        try:
            archived = locking.archived(number)
        except ArchivedOrder.DoesNotExist as missing:
            raise ArchiveRefused(f"There is no order {number} in the archive.") from missing
        order_id = archived.pk
        reading.lay_out(archived)
        archived.delete()
        audit.record(action="order.restore", by=by, object_type="order", object_id=order_id, using=db.DEFAULT)
    return Order.objects.get(pk=order_id)


def bring_back() -> int:
    """Bring back archived orders of whose payments a provider has told since; returns how many."""
    numbers = selectors.awaited()
    for number in numbers:
        restore(number=number, by="system")
    return len(numbers)


def claim_proven(*, customer_id: UUID) -> int:
    """Give a customer the archived guest orders of every e-mail address that they have proven; returns how many."""
    proven = EmailAddress.objects.filter(user_id=customer_id, verified=True).values_list("email", flat=True)
    emails = [email.strip().lower() for email in proven]
    with transaction.atomic(using=db.DEFAULT), connections[db.DEFAULT].cursor() as cursor:
        cursor.execute(contents.CLAIM_SQL, {"customer_id": customer_id, "emails": emails})
        if count := cursor.rowcount:
            audit.record(
                action="order.claim", by=f"customer:{customer_id}", object_type="customer", object_id=customer_id,
                changes={"count": count, "is_archived": True}, using=db.DEFAULT,
            )  # fmt: skip
    return int(count)
