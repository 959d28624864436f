"""Reads for the list pages that are not the engine's: words of a category, brands by slug."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import connections

from catalog.products import selectors as products
from catalog.products import tree, worded
from catalog.products.models import Brand, Category, Product
from catalog.search.models import Listing
from catalog.translations import selectors as translations
from shop.core import db


def category_words(category_id: UUID) -> Category:
    """The category's description and SEO texts in the active language; not for saving. One query, in another language
    than the shop's own two.
    """
    found = Category.objects.only("description", "seo_title", "seo_description").get(pk=category_id)
    worded.overlay(found, translations.category(category_id))
    return found


def brand(slug: str) -> Brand | None:
    """The active brand of this slug, told of in the active language; not for saving."""
    found = Brand.objects.filter(slug=slug, is_active=True).first()
    if found is not None:
        worded.overlay(found, translations.brand(found.pk))
    return found


def is_there(url: str) -> bool:
    """Whether this category, brand or product can be opened, also by an address that it had; of other pages: yes."""
    kind, _slash, rest = urlsplit(url).path.strip("/").partition("/")
    if kind == "categories":
        return tree.tree().at(rest) is not None or products.moved_to("category", rest) is not None
    if kind == "brands":
        return brand(rest) is not None or products.moved_to("brand", rest) is not None
    if kind == "products" and rest:
        slug = rest.partition("/")[0]  # of its reviews as well
        there = Product.objects.filter(slug=slug).exclude(status=Product.Status.DRAFT)
        return there.exists() or products.moved_to("product", slug) is not None
    return True


def stretch(start: UUID, size: int) -> tuple[UUID | None, datetime | None, int]:
    """Of the next `size` listed products from this key on: the last one's key, when one of them changed last, and how
    many there are. One query, along an index.
    """
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(_STRETCH, [settings.DEFAULT_CURRENCY, start, size])
        last, changed_at, count = cursor.fetchone()
    return last, changed_at, count


_STRETCH = """
    SELECT (array_agg(product_id ORDER BY product_id DESC))[1], max(updated_at), count(*) FROM (
        SELECT product_id, updated_at FROM catalog_listing
        WHERE currency = %s AND price_list = 'default' AND product_id >= %s ORDER BY product_id LIMIT %s
    ) AS part
"""


def listed_between(start: UUID, end: UUID | None, most: int) -> list[tuple[str, datetime, dict[str, Any]]]:
    """Slug, moment of the last change and card of the listed products from one key on to before another one (None: to
    the last one), in the order of their keys.
    """
    rows = Listing.objects.filter(currency=settings.DEFAULT_CURRENCY, price_list="default", product_id__gte=start)
    if end is not None:
        rows = rows.filter(product_id__lt=end)
    return list(rows.order_by("product_id").values_list("slug", "updated_at", "card")[:most])
