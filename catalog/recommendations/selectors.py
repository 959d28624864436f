"""What goes with what, from the tables that were made before."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connections

from catalog.recommendations import rules
from catalog.recommendations.models import Neighbours
from shop.core import db

_TOGETHER = """
    SELECT other FROM catalog_neighbours AS near, unnest(near.others, near.weights) AS found (other, weight)
    WHERE near.kind = %s AND near.product_id = ANY(%s) AND other <> ALL(%s)
    GROUP BY other ORDER BY sum(weight) DESC, other LIMIT %s
"""


def together(product_ids: Iterable[UUID], *, top: int) -> list[UUID]:
    """What is bought together with all of these products, which are themselves left out; the best first. One query.

    Candidates only: what can be shown of them is for `shelves` to say.
    """
    asked = list(dict.fromkeys(product_ids))[: rules.CONTEXT]
    if not asked:
        return []
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(_TOGETHER, [Neighbours.Kind.TOGETHER, asked, asked, top])
        return [row[0] for row in cursor.fetchall()]
