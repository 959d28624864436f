"""Reads for the list pages that are not the engine's: words of a category, brands by slug."""

from __future__ import annotations

from urllib.parse import urlsplit
from uuid import UUID

from catalog.products import selectors as products
from catalog.products import tree
from catalog.products.models import Brand, Category, Product


def category_words(category_id: UUID) -> Category:
    """The category's description and SEO texts."""
    return Category.objects.only("description", "seo_title", "seo_description").get(pk=category_id)


def brand(slug: str) -> Brand | None:
    """The active brand of this slug."""
    return Brand.objects.filter(slug=slug, is_active=True).first()


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
