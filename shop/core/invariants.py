"""What the checks of invariants are made of: queries for what must not be, each with the sentence that tells it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from django.db import connections, transaction

from shop.core import db

# A sentence with {0}, {1} … for the columns of what its query finds; a sound shop's query finds nothing.
Check = tuple[str, str]


class Skipped(Exception):
    """The check could not be made; `str()` says why. Not to be taken for a shop in order."""


def sentences(using: str, checks: Sequence[Check]) -> list[str]:
    """What the queries find in database `using`, one sentence a row."""
    found: list[str] = []
    with connections[using].cursor() as cursor:
        for sentence, query in checks:
            cursor.execute(query)
            found += [sentence.format(*row) for row in cursor.fetchall()]
    return found


@contextmanager
def read_only() -> Iterator[None]:
    """Whatever runs inside can write to none of the databases; PostgreSQL refuses it."""
    with ExitStack() as stack:
        for alias in db.databases():
            stack.enter_context(transaction.atomic(using=alias))
            with connections[alias].cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
        yield
        for alias in db.databases():
            transaction.set_rollback(True, using=alias)  # also ends the mode where this is inside a transaction


_CALLS_ONCE: tuple[Check, ...] = (
    (
        "API calls of {0}: the key {1} was used {2} times",
        "SELECT scope, key, count(*) FROM shop_idempotentcall GROUP BY 1, 2 HAVING count(*) > 1",
    ),
)


def calls_once() -> list[str]:
    """I5: one idempotency key, one call."""
    return sentences(db.DEFAULT, _CALLS_ONCE)
