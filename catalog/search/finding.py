"""Variants for somebody who fills in an order: by the beginning of a SKU, or by words of the product."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q

from catalog.products import selectors as products
from catalog.products.models import Product, Variant
from catalog.search import engine
from catalog.search.query import MAX_TEXT, Query

LIMIT = 12  # variants that are told at once


def variants(text: str, *, currency: str) -> list[products.Offer]:
    """Up to a dozen variants that can be bought in `currency`: those whose SKU begins so, then those found by name.

    Nothing for an empty text. At most seven queries, whatever is found.
    """
    wanted = " ".join(text.replace("\0", "").split())[:MAX_TEXT]
    if not wanted:
        return []
    ids = _by_sku(wanted)
    if len(ids) < LIMIT:
        ids = list(dict.fromkeys([*ids, *_by_name(wanted, currency)]))
    offers = products.offers(ids, currency=currency)
    return [offers[one] for one in ids if one in offers and offers[one].is_sellable][:LIMIT]


def _by_sku(text: str) -> list[UUID]:
    begins = Q(sku__startswith=text) | Q(sku__startswith=text.upper())
    rows = Variant.objects.filter(begins, is_active=True, product__status=Product.Status.ACTIVE)
    return list(rows.order_by("sku").values_list("pk", flat=True)[:LIMIT])


def _by_name(text: str, currency: str) -> list[UUID]:
    """All variants of the products that the shop's own search puts first."""
    found = engine.search(Query(text, limit=LIMIT, currency=currency), with_facets=False)
    order = {hit.product_id: place for place, hit in enumerate(found.hits)}
    rows = Variant.objects.filter(product_id__in=order, is_active=True).order_by("position", "id")
    pairs = sorted(rows.values_list("product_id", "pk"), key=lambda pair: order[pair[0]])
    return [variant_id for _product_id, variant_id in pairs]
