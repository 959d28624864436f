"""One writer at a time per product's listing, also for a listing that is not there yet (so: advisory locks, no row
locks).
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import connections

from shop.core import db

_SEED = 1_001  # keeps these locks apart from any others


def listings(product_ids: Sequence[UUID]) -> None:
    """Hold the right to write these products' listings until the transaction ends; taken in one order by everybody.

    What is read after this is at least as new as what any earlier writer read.
    """
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(id::text, %s)) "
            "FROM (SELECT unnest(%s::uuid[]) AS id ORDER BY 1) AS wanted",
            [_SEED, list(product_ids)],
        )
