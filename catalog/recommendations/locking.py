"""One at a time learns: what counts orders reads what has been counted."""

from __future__ import annotations

from django.db import connections

from shop.core import db

_TAKE = "SELECT pg_advisory_xact_lock(hashtextextended('catalog.recommendations.' || %s, 0))"
_TRY = "SELECT pg_try_advisory_xact_lock(hashtextextended('catalog.recommendations.' || %s, 0))"


def learning() -> None:
    """Wait for whoever is learning, and keep others waiting until the end of this transaction of the catalogue's."""
    _execute(_TAKE, "learning")


def may_learn() -> bool:
    """As `learning`, but without waiting: False where somebody else is learning."""
    return _execute(_TRY, "learning")


def trends() -> None:
    """Wait for whoever is finding out what trends."""
    _execute(_TAKE, "trends")


def _execute(statement: str, name: str) -> bool:
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(statement, [name])
        found = cursor.fetchone()
        return bool(found and found[0])
