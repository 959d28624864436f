# ruff: noqa: S608  (statements are put together from constants of this file; every value is a parameter)
"""What is bought most these days, in the whole shop and in each category."""

from __future__ import annotations

from uuid import UUID

from django.db import connections, transaction

from catalog.products.models import Category
from catalog.recommendations import locking
from catalog.recommendations.models import Trend
from shop.core import db

DAYS = 30  # that are looked at
HALF_LIFE = 7  # days after which an order says half as much
LOOK = 0.05  # what a look says, of an order
KEPT = 60
EVERYWHERE = UUID(int=0)

_AGE = "extract(epoch FROM statement_timestamp() - {at}) / 86400"
_SAYS = f"power(0.5, {_AGE} / {HALF_LIFE})"
_RECENT = f"{{at}} > statement_timestamp() - interval '{DAYS} days' AND {{at}} <= statement_timestamp()"
_TREND = f"""
    WITH heat AS (
        SELECT product_id, sum(says) AS heat FROM (
            SELECT unnest(product_ids) AS product_id, {_SAYS.format(at="bought_at")} AS says
            FROM catalog_pastorder WHERE NOT is_withdrawn AND {_RECENT.format(at="bought_at")}
            UNION ALL
            SELECT product_id, {LOOK} * {_SAYS.format(at="seen_at")}
            FROM catalog_view WHERE {_RECENT.format(at="seen_at")}
        ) AS said GROUP BY product_id
    ), placed AS (
        SELECT heat.product_id, heat.heat, category.path FROM heat
        JOIN catalog_product AS product ON product.id = heat.product_id AND product.status = 'active'
        LEFT JOIN catalog_category AS category ON category.id = product.category_id
    ), within AS (
        SELECT %(everywhere)s::uuid AS category_id, product_id, heat FROM placed
        UNION ALL
        SELECT above.id, product_id, heat FROM placed
        CROSS JOIN generate_series({Category.steplen}, length(path), {Category.steplen}) AS long
        JOIN catalog_category AS above ON above.path = left(placed.path, long)
    )
    INSERT INTO catalog_trend (category_id, product_ids)
    SELECT category_id, array_agg(product_id ORDER BY heat DESC, product_id) FROM (
        SELECT *, row_number() OVER (PARTITION BY category_id ORDER BY heat DESC, product_id) AS place FROM within
    ) AS ranked WHERE place <= {KEPT} GROUP BY category_id
"""


def rebuild_trends() -> int:
    """Make all trends anew from the orders and looks of the last days. How many categories have one."""
    with transaction.atomic(using=db.CATALOG), connections[db.CATALOG].cursor() as cursor:
        locking.trends()
        Trend.objects.all().delete()
        cursor.execute(_TREND, {"everywhere": EVERYWHERE})
        return int(cursor.rowcount)
