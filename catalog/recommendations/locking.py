"""One at a time learns: what counts orders reads what has been counted."""

from __future__ import annotations

from django.db import connections

from shop.core import db

_NAME = "hashtextextended('catalog.recommendations.learning', 0)"


def learning() -> None:
    """Wait for whoever is learning, and keep others waiting until the end of this transaction of the catalogue's."""
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock({_NAME})")


def may_learn() -> bool:
    """As `learning`, but without waiting: False where somebody else is learning."""
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({_NAME})")
        return bool(cursor.fetchone()[0])
