"""Reservations have no lock of their own: they change only under the lock of their stock item."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import OperationalError, connections
from psycopg import errors

from inventory.reservations.models import Reservation
from inventory.stock import locking
from inventory.stock.models import StockItem
from shop.core import db

PATIENCE = "3s"  # a row is locked for about a millisecond: who waits longer waits for something that is broken
_BEGIN = "SELECT statement_timestamp(), set_config('lock_timeout', %s, true)"
_BEGIN_ALONE = _BEGIN + ", pg_advisory_xact_lock(uuid_hash_extended(%s::uuid, 0))"


class Busy(Exception):
    """The units are locked by others for longer than is sensible; nothing was done. To be tried again."""


def begin(reference: UUID | None = None) -> datetime:
    """First in a transaction: what time the database has, aware UTC. No lock is waited for longer than 3 s from here.

    With a `reference` it has this transaction alone: its rows are made by one caller after the other.
    """
    with connections[db.INVENTORY].cursor() as cursor:
        if reference is None:
            cursor.execute(_BEGIN, [PATIENCE])
        else:
            cursor.execute(_BEGIN_ALONE, [PATIENCE, reference])
        moment: datetime = cursor.fetchone()[0]
    return moment


@contextmanager
def clear_answer() -> Iterator[None]:
    """Raises `Busy` where a lock was not to be had: a shopper should read that, and not the database's words."""
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected | errors.QueryCanceled):
            raise Busy(str(error.__cause__)) from error
        raise


def items_and_rows(reference: UUID, variant_ids: set[UUID]) -> tuple[list[StockItem], list[Reservation]]:
    """Lock the stock items of the variants, then read the reference's reservations, oldest first.

    `variant_ids` must hold those that the reference has reserved; they never change for one reference.
    """
    items = locking.items_of(variant_ids)
    return items, list(Reservation.objects.using(db.INVENTORY).filter(reference=reference).order_by("pk"))
