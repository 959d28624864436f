"""One at a time learns: what counts orders reads what has been counted."""

from __future__ import annotations

from django.db import connections

from shop.core import db


def learning() -> None:
    """Wait for whoever is learning, and keep others waiting until the end of this transaction of the catalogue's."""
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('catalog.recommendations.learning', 0))")
