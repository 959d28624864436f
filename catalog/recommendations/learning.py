# ruff: noqa: S608  (statements are put together from constants of this file; every value is a parameter)
"""Counts orders as they come in, and learns anew from all of them.

Each night a model learns from all orders together; it knows the most-bought products (RECOMMENDATIONS_MODEL_PRODUCTS).
The neighbours of any other, new ones too, come from counts, anew whenever an order with it is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction
from django.db.models import F

from catalog.recommendations import locking, matrix, rules
from catalog.recommendations.models import Demand, Neighbours, PastOrder
from shop.core import db

LATEST = 1_000_000  # orders that the model learns from
LATEST_WITH = 1000  # orders with one product that its counts are taken from
BATCH = 2000  # orders counted, or products whose neighbours are counted, at a time

_WEIGHT = f"round({rules.ORDER} / sqrt(cardinality(product_ids)))::bigint"
_ADD = f"""
    INSERT INTO catalog_demand (product_id, orders, weight)
    SELECT product_id, sum(sign), sum(sign * weight) FROM (
        SELECT unnest(product_ids) AS product_id, {_WEIGHT} AS weight, CASE WHEN is_withdrawn THEN -1 ELSE 1 END AS sign
        FROM catalog_pastorder WHERE id = ANY(%s)
    ) AS said GROUP BY product_id ORDER BY product_id
    ON CONFLICT (product_id) DO UPDATE
    SET orders = catalog_demand.orders + EXCLUDED.orders, weight = catalog_demand.weight + EXCLUDED.weight
"""
_ADD_ALL = f"""
    INSERT INTO catalog_demand (product_id, orders, weight)
    SELECT product_id, count(*), sum(weight) FROM (
        SELECT unnest(product_ids) AS product_id, {_WEIGHT} AS weight FROM catalog_pastorder WHERE NOT is_withdrawn
    ) AS said GROUP BY product_id
"""
# The cosine of two products over the orders, which one more order of neither takes down: chance meetings say little.
_COUNT = f"""
    INSERT INTO catalog_neighbours (product_id, kind, is_modelled, others, weights)
    SELECT product_id, %(kind)s, false, array_agg(other ORDER BY weight DESC, other),
           array_agg(weight ORDER BY weight DESC, other)
    FROM (
        SELECT *, row_number() OVER (PARTITION BY product_id ORDER BY weight DESC, other) AS place FROM (
            SELECT shared.product_id, shared.other,
                   round({rules.COUNTED} * shared.weight / (sqrt(one.weight * two.weight) + {rules.ORDER}))::int
                   AS weight
            FROM (
                SELECT asked.product_id, other, sum(past.weight) AS weight
                FROM unnest(%(products)s::uuid[]) AS asked (product_id)
                CROSS JOIN LATERAL (
                    SELECT product_ids, {_WEIGHT} AS weight FROM catalog_pastorder
                    WHERE product_ids @> ARRAY[asked.product_id] AND is_counted AND NOT is_withdrawn
                    ORDER BY bought_at DESC, id DESC LIMIT {LATEST_WITH}
                ) AS past
                CROSS JOIN LATERAL unnest(past.product_ids) AS other
                WHERE other <> asked.product_id GROUP BY 1, 2
            ) AS shared
            JOIN catalog_demand AS one ON one.product_id = shared.product_id
            JOIN catalog_demand AS two ON two.product_id = shared.other
        ) AS weighed WHERE weight > 0
    ) AS placed WHERE place <= {rules.KEPT} GROUP BY product_id
"""
TOGETHER, ALIKE = Neighbours.Kind.TOGETHER, Neighbours.Kind.ALIKE


def count_new() -> int:
    """Count the orders that came or were withdrawn since, and the neighbours of what is in them. How many there were.

    Each order is counted exactly once, whoever else counts at the same time. Call again while it returns `BATCH`. While
    somebody else is learning nothing is counted: it can wait.
    """
    with transaction.atomic(using=db.CATALOG):
        if not locking.may_learn():
            return 0
        new = PastOrder.objects.filter(is_counted=F("is_withdrawn")).order_by("id")[:BATCH]
        found = list(new.values_list("pk", "is_withdrawn", "product_ids"))
        ids = [key for key, _is_withdrawn, _products in found]
        _run(_ADD, [ids])
        for is_withdrawn in (False, True):
            keys = [key for key, withdrawn, _products in found if withdrawn is is_withdrawn]
            PastOrder.objects.filter(pk__in=keys).update(is_counted=not is_withdrawn)
        _count_neighbours({one for _key, _is_withdrawn, products in found for one in products})
    return len(found)


def rebuild_together() -> int:
    """Learn anew from all orders what is bought together, and with the same things. How many products the model knows.

    What was learned before is shown meanwhile. Needs memory for a matrix of products by products (float32).
    """
    with transaction.atomic(using=db.CATALOG):
        locking.learning()
        Demand.objects.all().delete()
        _run(_ADD_ALL)
        PastOrder.objects.filter(is_counted=F("is_withdrawn")).update(is_counted=~F("is_withdrawn"))
    rows = Demand.objects.filter(orders__gt=0).order_by("-orders", "product_id")
    known = dict(rows.values_list("product_id", "orders")[: settings.RECOMMENDATIONS_MODEL_PRODUCTS])
    learned = list(_modelled(list(known), list(known.values())))
    with transaction.atomic(using=db.CATALOG):
        locking.learning()
        Neighbours.objects.filter(kind__in=[TOGETHER, ALIKE]).delete()
        Neighbours.objects.bulk_create(learned, batch_size=500)
        bought = Demand.objects.filter(orders__gt=0).order_by("product_id").values_list("product_id", flat=True)
        others = [product_id for product_id in bought if product_id not in known]
        for start in range(0, len(others), BATCH):
            _run(_COUNT, {"kind": TOGETHER, "products": others[start : start + BATCH]})
    return len(known)


def _modelled(products: Sequence[UUID], orders: Sequence[int]) -> Iterator[Neighbours]:
    """Two rows for each product that the model knows, also where it has no neighbour: counts are not asked for it."""
    if not products:
        return
    place = {product_id: number for number, product_id in enumerate(products)}
    past = PastOrder.objects.filter(is_withdrawn=False).order_by("-bought_at", "-id")[:LATEST]
    told = past.values_list("product_ids", flat=True).iterator(chunk_size=BATCH)
    found = matrix.gram(([place.get(one, -1) for one in order] for order in told), len(products))
    weights = matrix.weights(found, orders)
    for kind, rows in ((TOGETHER, matrix.strongest), (ALIKE, matrix.alike)):
        for product_id, nearest in zip(products, rows(weights, rules.KEPT), strict=True):
            yield Neighbours(
                product_id=product_id,
                kind=kind,
                is_modelled=True,
                others=[products[number] for number, _weight in nearest],
                weights=[weight for _number, weight in nearest],
            )


def _count_neighbours(product_ids: Iterable[UUID]) -> None:
    """The neighbours of these products from counts, unless the model knows them. Needs the lock on learning."""
    modelled = Neighbours.objects.filter(kind=TOGETHER, is_modelled=True, product_id__in=list(product_ids))
    products = sorted(set(product_ids) - set(modelled.values_list("product_id", flat=True)))
    Neighbours.objects.filter(kind=TOGETHER, product_id__in=products).delete()
    _run(_COUNT, {"kind": TOGETHER, "products": products})


def _run(statement: str, parameters: Any = None) -> None:
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(statement, parameters)
