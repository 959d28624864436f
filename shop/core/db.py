"""The three databases, time-ordered keys and month partitions.

`catalog` and `inventory` may live in databases of their own (`CATALOG_DATABASE_URL`, `INVENTORY_DATABASE_URL`);
`shop`, `cart` and `checkout` always share the default one. The constants below name the alias to use in
`atomic(using=…)` and `on_commit(using=…)`; they all read "default" when there is one database.
"""

from __future__ import annotations

import hashlib
import os
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections

DEFAULT = "default"
CATALOG = "catalog" if "catalog" in settings.DATABASES else DEFAULT
INVENTORY = "inventory" if "inventory" in settings.DATABASES else DEFAULT

_APP_DATABASE = {"catalog": CATALOG, "inventory": INVENTORY}

# Tables that exist in every database, because their rows belong to that database's transactions.
EVERYWHERE = {"outboxevent", "delivery", "handledevent", "auditentry"}


def databases() -> tuple[str, ...]:
    """The aliases in use, each once: ("default",) or up to three."""
    return tuple(dict.fromkeys((DEFAULT, CATALOG, INVENTORY)))


class Router:
    """Sends each app's tables to its database; refuses relations that would cross from one to another."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        instance = hints.get("instance")
        if instance is not None and model._meta.model_name in EVERYWHERE and instance._state.db:
            return str(instance._state.db)
        return _APP_DATABASE.get(model._meta.app_label, DEFAULT)

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        return _APP_DATABASE.get(one._meta.app_label, DEFAULT) == _APP_DATABASE.get(other._meta.app_label, DEFAULT)

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool:
        if hints.get("everywhere") or (app_label == "shop" and model_name in EVERYWHERE):
            return True
        return db == _APP_DATABASE.get(app_label, DEFAULT)


def uuid7() -> UUID:
    """A new time-ordered key (RFC 9562, version 7): 48 bits of Unix milliseconds, 12 of their fraction (section 6.2,
    method 3: what is made in turn is in order, also within a millisecond), then 62 random bits.
    """
    milliseconds, nanoseconds = divmod(time.time_ns(), 1_000_000)
    fraction = nanoseconds * 4096 // 1_000_000
    return _uuid7(milliseconds, (fraction << 62) | (int.from_bytes(os.urandom(8), "big") >> 2))


def uuid7_of(key: UUID, *words: object) -> UUID:
    """The key that is the same each time it is made of `key` and these words. It has the time of `key`."""
    digest = hashlib.sha256(" ".join(map(str, (key, *words))).encode()).digest()
    return _uuid7(key.int >> 80, int.from_bytes(digest[:10], "big"))


def uuid7_floor(moment: datetime) -> UUID:
    """The smallest UUIDv7 of `moment` (aware): paging and partition bounds by time."""
    return _uuid7(int(moment.timestamp() * 1000), 0)


def uuid7_time(key: UUID) -> datetime:
    """The aware UTC instant (to the millisecond) inside a UUIDv7."""
    return datetime.fromtimestamp((key.int >> 80) / 1000, UTC)


def _uuid7(milliseconds: int, random: int) -> UUID:
    value = (milliseconds & ((1 << 48) - 1)) << 80
    value |= 0x7 << 76
    value |= ((random >> 62) & 0xFFF) << 64
    value |= 0b10 << 62
    value |= random & ((1 << 62) - 1)
    return UUID(int=value)


def months(first: datetime, count: int) -> list[datetime]:
    """`count` first instants of months (aware UTC), beginning with the month of `first`."""
    start = first.year * 12 + first.month - 1
    return [datetime(n // 12, n % 12 + 1, 1, tzinfo=UTC) for n in range(start, start + count)]


def partition_sql(table: str, month: datetime) -> str:
    """SQL that makes the partition of `table` (PARTITION BY RANGE (id), UUIDv7 keys) for the month of `month`."""
    this, following = months(month, 2)
    return (
        f'CREATE TABLE IF NOT EXISTS "{table}_{this:%Y_%m}" PARTITION OF "{table}" '
        f"FOR VALUES FROM ('{uuid7_floor(this)}') TO ('{uuid7_floor(following)}')"
    )


def ensure_partitions(using: str, table: str, *, first: datetime, ahead: int = 12) -> None:
    """Make the partitions of `table` in database `using` from the month of `first` to `ahead` months after it."""
    with connections[using].cursor() as cursor:
        for month in months(first, ahead + 1):
            cursor.execute(partition_sql(table, month))


def clock(using: str = DEFAULT) -> datetime:
    """What time the database has (aware UTC). It decides expiry, so that one slow server clock cannot."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment
