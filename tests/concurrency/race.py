"""Real threads with connections of their own, and switches that take a protection away for a negative control."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connections

from inventory.stock.models import StockItem
from shop.core import db
from tests.faults import report


def together(jobs: Sequence[Callable[[], Any]], *, threads: int | None = None) -> list[Any]:
    """Run the jobs in threads (all at once unless `threads` says fewer); their results, or what they raised.

    Under a random schedule (`tests.faults.report.schedules`) the threads pause at moments of their own.
    """
    size = min(len(jobs), threads or len(jobs))
    start = threading.Barrier(size, timeout=20)

    def run(share: Sequence[tuple[int, Callable[[], Any]]]) -> list[tuple[int, Any]]:
        try:
            start.wait()
            with report.shaken(share[0][0]):
                return [(number, _outcome(job)) for number, job in share]
        finally:
            connections.close_all()

    numbered = list(enumerate(jobs))
    with ThreadPoolExecutor(size) as pool:
        shares = list(pool.map(run, [numbered[first::size] for first in range(size)]))
    return [outcome for _number, outcome in sorted((pair for share in shares for pair in share), key=lambda p: p[0])]


def _outcome(job: Callable[[], Any]) -> Any:
    try:
        return job()
    except Exception as error:  # noqa: BLE001  (the outcome of a race is what the test looks at)
        return error


@contextmanager
def locked(item: StockItem) -> Iterator[None]:
    """A stock item's row, locked by somebody else for as long as the block takes."""
    other = connections[db.INVENTORY].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT FROM inventory_stockitem WHERE id = %s FOR NO KEY UPDATE", [item.pk])
            yield
    finally:
        other.close()


@contextmanager
def without_constraint(table: str, name: str, *, using: str = db.INVENTORY) -> Iterator[None]:
    """The database without one constraint or unique index; broken rows are the caller's to mend before the end."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [name])
        if constraint := cursor.fetchone():
            remove = f"ALTER TABLE {table} DROP CONSTRAINT {name}"
            restore = f"ALTER TABLE {table} ADD CONSTRAINT {name} {constraint[0]}"
        else:
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [name])
            remove, restore = f"DROP INDEX {name}", cursor.fetchone()[0]
        cursor.execute(remove)
        try:
            yield
        finally:
            cursor.execute(restore)


def wait_for_waiters(number: int, *, using: str, seconds: float = 10) -> None:
    """Return once `number` connections of this database wait for a lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with connections[using].cursor() as cursor:
            cursor.execute(query)
            if cursor.fetchone()[0] >= number:
                return
        time.sleep(0.01)
    raise AssertionError(f"{number} connections never waited for a lock")
