# ruff: noqa: S608  (statements are put together from constants of this file; every value is a parameter)
"""Which products are similar: what they are (0.6) and what they are bought with (0.4), made before it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction

from catalog.products.models import ListingPrice, Product
from catalog.recommendations import content, ground, rules
from catalog.recommendations.models import ContentVector, Neighbours
from shop.core import db

BATCH = 500
NEAREST = 60  # by content, of which some are similar
KEPT = 40
SIMILAR, ALIKE = Neighbours.Kind.SIMILAR, Neighbours.Kind.ALIKE

_DISTANCE = "(near.embedding <#> mine.embedding)"  # the inner product, negative
_BLEND = f"""
    INSERT INTO catalog_neighbours (product_id, kind, is_modelled, others, weights)
    SELECT product_id, %(kind)s, false, array_agg(other ORDER BY weight DESC, other),
           array_agg(weight ORDER BY weight DESC, other)
    FROM (
        SELECT mine.product_id, found.other, found.weight,
               row_number() OVER (PARTITION BY mine.product_id ORDER BY found.weight DESC, found.other) AS place
        FROM catalog_contentvector AS mine CROSS JOIN LATERAL (
            SELECT other, round(
                {rules.CONTENT} * {rules.WEIGHT} * max(content) + {rules.COLLABORATIVE} * max(alike)
            )::int AS weight
            FROM (
                (SELECT near.product_id AS other, -{_DISTANCE} AS content, 0 AS alike FROM catalog_contentvector AS near
                 WHERE near.product_id <> mine.product_id ORDER BY {_DISTANCE} LIMIT {NEAREST})
                UNION ALL
                SELECT near.product_id, -{_DISTANCE}, bought.weight
                FROM catalog_neighbours AS row
                CROSS JOIN LATERAL unnest(row.others, row.weights) AS bought (other, weight)
                JOIN catalog_contentvector AS near ON near.product_id = bought.other
                WHERE row.product_id = mine.product_id AND row.kind = %(alike)s
            ) AS candidates GROUP BY other
        ) AS found
        WHERE mine.product_id = ANY(%(products)s) AND found.weight > 0
    ) AS placed WHERE place <= {KEPT} GROUP BY product_id
"""
_NEAREST = """
    SELECT near.product_id FROM catalog_contentvector AS mine
    CROSS JOIN LATERAL (
        SELECT other.product_id, other.embedding <#> mine.embedding AS distance FROM catalog_contentvector AS other
        WHERE other.product_id <> mine.product_id ORDER BY distance LIMIT %s
    ) AS near WHERE mine.product_id = %s ORDER BY near.distance, near.product_id
"""


def rebuild_similar() -> int:
    """Make all vectors and all that is similar anew. How many products; without pgvector none.

    Reads what is bought with the same things: `learning.rebuild_together` comes first.
    """
    if not ground.ensure():
        Neighbours.objects.filter(kind=SIMILAR).delete()
        return 0
    content.describe_all()
    ids = list(ContentVector.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), BATCH):
        blend(ids[start : start + BATCH])
    gone = Neighbours.objects.filter(kind=SIMILAR).exclude(product_id__in=ContentVector.objects.values("pk"))
    gone.delete()
    return len(ids)


def blend(product_ids: Sequence[UUID]) -> None:
    """Make anew what is similar to these products."""
    with transaction.atomic(using=db.CATALOG), connections[db.CATALOG].cursor() as cursor:
        Neighbours.objects.filter(kind=SIMILAR, product_id__in=product_ids).delete()
        cursor.execute(f"SET LOCAL hnsw.ef_search = {2 * NEAREST}")
        cursor.execute(_BLEND, {"kind": SIMILAR, "alike": ALIKE, "products": list(product_ids)})


def nearest(product_id: UUID, *, top: int) -> list[UUID]:
    """What is nearest by content alone, for a product too new for `rebuild_similar`. Empty without its vector."""
    if not ground.is_there():
        return []
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(_NEAREST, [top, product_id])
        return [row[0] for row in cursor.fetchall()]


def beside(product_id: UUID, *, top: int) -> list[UUID]:
    """Without any vector: active products of the same category, the nearest in price first, of the newest ones."""
    mine = Product.objects.filter(pk=product_id).values_list("category_id", flat=True).first()
    if mine is None:
        return []
    prices = ListingPrice.objects.filter(currency=settings.DEFAULT_CURRENCY, price_list="default")
    own = prices.filter(product_id=product_id).values_list("amount_minor", flat=True).first() or 0
    pool = prices.filter(product__category_id=mine, product__status=Product.Status.ACTIVE).exclude(product=product_id)
    rows = list(pool.order_by("-product_id").values_list("product_id", "amount_minor")[:NEAREST])
    return [key for key, _minor in sorted(rows, key=lambda row: abs(row[1] - own))][:top]
