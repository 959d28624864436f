"""Reads what a customer did, and finds what may suit: what `profiles` then weighs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from math import log2
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.utils import timezone

from catalog.products import tree
from catalog.products.models import ListingPrice, Product
from catalog.recommendations import profiles, selectors
from catalog.recommendations.models import Neighbours, PastOrder, View
from catalog.recommendations.profiles import Act, Candidate, Facts, Features
from shop.core import db

YEARS = timedelta(days=2 * 365)
ORDERS, LOOKS = 200, 300  # the latest, that are looked at
KEPT = 60
POPULAR = 15  # of the whole shop, and of each category that is liked most

_NEAR = """
    SELECT other, sum(near_weight * act.weight) FROM unnest(%s::uuid[], %s::float8[]) AS act (product_id, weight)
    JOIN catalog_neighbours AS near ON near.product_id = act.product_id AND near.kind = ANY(%s)
    CROSS JOIN LATERAL unnest(near.others, near.weights) AS found (other, near_weight)
    GROUP BY other ORDER BY 2 DESC, other LIMIT 300
"""
_MEANS = """
    SELECT category_id, avg(ln(amount_minor) / ln(2)) FROM unnest(%s::uuid[]) AS asked (category_id)
    CROSS JOIN LATERAL (
        SELECT price.amount_minor FROM catalog_product AS product
        JOIN catalog_listingprice AS price ON price.product_id = product.id
        WHERE product.category_id = asked.category_id AND product.status = 'active'
          AND price.currency = %s AND price.price_list = 'default' AND price.amount_minor > 0
        LIMIT 200
    ) AS priced GROUP BY category_id
"""


def of(customer_id: UUID, *, without: Collection[UUID]) -> tuple[Features, list[tuple[UUID, int]]]:
    """A customer's profile, and the products that suit it with their scores, the best first; none of `without`,
    and nothing that was bought or looked at: that is no suggestion."""
    now = db.clock(db.CATALOG)
    acts = _acts(customer_id, now)
    liked = profiles.features(acts)
    known = {*without, *(act.product_id for act in acts)}
    near = {key: base for key, base in _near(acts).items() if key not in known}
    popular = [key for key in _popular(liked) if key not in known]
    facts = facts_of([*near, *popular])
    ranked = profiles.rank(
        [Candidate(key, base, facts[key]) for key, base in near.items() if key in facts],
        [Candidate(key, 1.0, facts[key]) for key in popular if key in facts],
        liked,
        month=timezone.localtime(now).month,
        most=KEPT,
    )
    return liked, ranked


def _acts(customer_id: UUID, now: datetime) -> list[Act]:
    orders = PastOrder.objects.filter(customer_id=customer_id, is_withdrawn=False, bought_at__gt=now - YEARS)
    bought = list(orders.order_by("-bought_at").values_list("pk", "bought_at", "product_ids")[:ORDERS])
    looks = View.objects.filter(customer_id=customer_id).order_by("-seen_at")
    looked = list(looks.values_list("product_id", "seen_at", "device")[:LOOKS])
    facts = facts_of([*(one for _key, _at, several in bought for one in several), *(row[0] for row in looked)])
    found = [
        Act(one, _days(now, at), timezone.localtime(at).month, facts[one], order=key)
        for key, at, several in bought
        for one in several
        if one in facts
    ]
    for one, at, device in looked:
        if one in facts:
            local = timezone.localtime(at)
            part = profiles.part_of_day(local.hour)
            found.append(Act(one, _days(now, at), local.month, facts[one], device=device, part=part))
    return found


def _days(now: datetime, at: datetime) -> float:
    return (now - at).total_seconds() / 86400


def _near(acts: Iterable[Act]) -> dict[UUID, float]:
    """What goes with, or is similar to, what was bought and looked at."""
    weights: dict[UUID, float] = {}
    for act in acts:
        weights[act.product_id] = weights.get(act.product_id, 0.0) + act.weight
    kinds = [Neighbours.Kind.TOGETHER, Neighbours.Kind.SIMILAR]
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(_NEAR, [list(weights), list(weights.values()), kinds])
        return {key: float(weight) for key, weight in cursor.fetchall()}


def _popular(liked: Features) -> list[UUID]:
    """What trends in the categories that are liked most, and in the whole shop, in turns."""
    best = sorted(liked.categories, key=lambda key: -liked.categories[key])[:3]
    lists = [selectors.trending(UUID(key), top=POPULAR) for key in best] + [selectors.trending(top=POPULAR)]
    turns = [one for place in range(POPULAR) for several in lists for one in several[place : place + 1]]
    return list(dict.fromkeys(turns))


def facts_of(product_ids: Iterable[UUID]) -> dict[UUID, Facts]:
    """What a profile wants to know of the active ones of these products. Three queries."""
    ids = list(dict.fromkeys(product_ids))
    columns = ("pk", "brand__name", "category_id", "category__path")
    rows = list(Product.objects.visible().filter(pk__in=ids).values_list(*columns))
    prices = ListingPrice.objects.filter(
        product_id__in=ids, currency=settings.DEFAULT_CURRENCY, price_list="default"
    ).values_list("product_id", "amount_minor", "regular_minor")
    paid = {key: (amount, regular) for key, amount, regular in prices}
    means = _means({row[2] for row in rows if row[2]})
    return {key: _facts(brand, path, paid.get(key), means.get(category)) for key, brand, category, path in rows}


def _facts(brand: str | None, path: str | None, paid: tuple[int, int] | None, mean: float | None) -> Facts:
    amount, regular = paid or (0, 0)
    above = tree.tree().ancestors(path) if path else []
    return Facts(
        categories=tuple(str(node.id) for node in above),
        brand=(brand or "").casefold(),
        level=log2(amount) - mean if amount and mean is not None else 0.0,
        value_minor=amount,
        is_reduced=regular > amount,
    )


def _means(category_ids: Collection[UUID]) -> Mapping[UUID, float]:
    """The mean of the logarithms of prices in each of these categories, from some of its products."""
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(_MEANS, [list(category_ids), settings.DEFAULT_CURRENCY])
        return {key: float(mean) for key, mean in cursor.fetchall()}
