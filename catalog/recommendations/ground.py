"""Whether PostgreSQL has pgvector, and the table that needs it. A shop without it sells all the same."""

from __future__ import annotations

from typing import Any

import structlog
from django.db import DatabaseError, connections, transaction

from catalog.recommendations import vectors
from shop.core import db

log = structlog.get_logger("shop.recommendations")

_IS_THERE = "SELECT to_regclass('catalog_contentvector') IS NOT NULL"
_MAKE = (
    "CREATE EXTENSION IF NOT EXISTS vector",
    "CREATE TABLE catalog_contentvector (product_id uuid PRIMARY KEY, digest bigint NOT NULL, "
    f"embedding halfvec({vectors.DIMENSIONS}) NOT NULL)",
    "CREATE INDEX content_vector_near ON catalog_contentvector USING hnsw (embedding halfvec_ip_ops)",
)


def ensure(connection: Any = None) -> bool:
    """Whether the table of vectors is there; it is made, with the extension, where that can be done.

    Without the extension (0.7 or newer), or the right to create it, nothing is changed: `connection` (the catalogue's)
    can go on.
    """
    connection = connection or connections[db.CATALOG]
    with connection.cursor() as cursor:
        cursor.execute(_IS_THERE)
        if cursor.fetchone()[0]:
            return True
        try:
            with transaction.atomic(using=connection.alias):
                for statement in _MAKE:
                    cursor.execute(statement)
        except DatabaseError as error:
            log.warning("no pgvector: similar products come from categories and orders alone", error=str(error).strip())
            return False
    return True


def is_there() -> bool:
    """Whether the table of vectors is there."""
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(_IS_THERE)
        return bool(cursor.fetchone()[0])
