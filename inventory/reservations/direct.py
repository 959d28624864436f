"""The short way to a reservation: one statement, in which the hot row is locked last and for as little as it takes.

It serves the common case, and says so where it does not: then `services` goes the long way, which serves every case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connections, transaction

from inventory.reservations import locking
from shop.core import db

_RESERVE = """
    SELECT is_known, held_until
    FROM inventory_reserve(%s::uuid, %s::uuid[], %s::int[], %s::uuid[], %s::interval, %s, %s)
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """`held_until` is None when nothing was done. `is_known`: the reference has held units before, or does now."""

    held_until: datetime | None
    is_known: bool


def reserve(*, quantities: Mapping[UUID, int], reference: UUID, ttl: timedelta, by: str) -> Answer:
    """Hold the units if each variant is at one active location only, in plain stock, and nothing is to be told of it.

    Plain: nobody waits for it, it is not sold beyond what is there, units are left afterwards, and it does not turn
    low. A transaction of its own: not to be called within another one.
    """
    variants = list(quantities)
    keys = [db.uuid7() for _variant in variants]
    wish: list[Any] = [reference, variants, list(quantities.values()), keys, ttl, by, locking.PATIENCE]
    with _alone(), connections[db.INVENTORY].cursor() as cursor:
        cursor.execute(_RESERVE, wish)
        is_known, held_until = cursor.fetchone()
    return Answer(held_until, is_known)


@contextmanager
def _alone() -> Iterator[None]:
    """A single statement is a transaction by itself: BEGIN and COMMIT would only keep the row longer from others."""
    if connections[db.INVENTORY].in_atomic_block:
        with transaction.atomic(using=db.INVENTORY, durable=True):  # which says so, except in a test's transaction
            yield
    else:
        yield
