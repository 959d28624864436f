"""What goes with what, from the tables that were made before: ids of candidates, the best first. Each is one query.

What can be shown of them is for `shelves` to say.
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import connections

from catalog.products import tree
from catalog.products.models import Product
from catalog.recommendations import profiles, rules, similar, trends
from catalog.recommendations.models import HandPicked, Neighbours, PastOrder, Profile, Trend, View
from shop.core import db

OWNED = 5000  # products of a customer that are looked at

_TOGETHER = """
    SELECT other FROM catalog_neighbours AS near, unnest(near.others, near.weights) AS found (other, weight)
    WHERE near.kind = %s AND near.product_id = ANY(%s) AND other <> ALL(%s)
    GROUP BY other ORDER BY sum(weight) DESC, other LIMIT %s
"""


def together(product_ids: Iterable[UUID], *, top: int) -> list[UUID]:
    """What is bought together with all of these products, which are themselves left out."""
    asked = list(dict.fromkeys(product_ids))[: rules.CONTEXT]
    if not asked:
        return []
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(_TOGETHER, [Neighbours.Kind.TOGETHER, asked, asked, top])
        return [row[0] for row in cursor.fetchall()]


def alike(product_id: UUID, *, top: int) -> list[UUID]:
    """What is similar to a product; for one that is too new for that, what is near by what it is (up to five queries
    more)."""
    rows = Neighbours.objects.filter(product_id=product_id, kind=Neighbours.Kind.SIMILAR)
    found = rows.values_list("others", flat=True).first()
    if found is not None:
        return found[:top]
    return similar.nearest(product_id, top=top) or similar.beside(product_id, top=top)


def trending(category_id: UUID | None = None, *, top: int) -> list[UUID]:
    """What is bought most these days, in a category or in the whole shop."""
    row = Trend.objects.filter(pk=category_id or trends.EVERYWHERE).values_list("product_ids", flat=True).first()
    return (row or [])[:top]


def picked(product_id: UUID) -> list[UUID]:
    """What the merchant has picked by hand for a product's page."""
    return list(HandPicked.objects.filter(product=product_id).values_list("other_id", flat=True))


def for_you(customer_id: UUID, *, moment: str) -> list[UUID]:
    """What suits a customer of whom there is a profile, on this device at this time of day. Two queries."""
    row = Profile.objects.filter(pk=customer_id).values_list("product_ids", "scores", "features").first()
    if row is None or not row[0]:
        return []
    ids, scores, liked = row
    paths = Product.objects.filter(pk__in=ids, category__isnull=False).values_list("pk", "category__path")
    known = tree.tree()
    departments = {key: str(above[0].id) for key, path in paths if (above := known.ancestors(path))}
    return profiles.at_this_moment(zip(ids, scores, strict=True), departments, liked, moment)


def looked_at(customer_id: UUID, *, top: int) -> list[UUID]:
    """What a customer who agreed to it has looked at, on whatever device, the latest first."""
    rows = View.objects.filter(customer_id=customer_id).order_by("-seen_at").values_list("product_id", flat=True)
    return list(dict.fromkeys(rows[: 4 * top]))[:top]


def owned(customer_id: UUID | None) -> set[UUID]:
    """The products that a customer has bought, the latest few thousand. Nobody owns nothing, without a query."""
    if customer_id is None:
        return set()
    rows = PastOrder.objects.filter(customer_id=customer_id, is_withdrawn=False).order_by("-bought_at")
    found: set[UUID] = set()
    for products in rows.values_list("product_ids", flat=True)[:OWNED]:
        found.update(products)
    return found
