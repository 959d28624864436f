"""Reads for the list pages that are not the engine's: words of a category, brands by slug."""

from __future__ import annotations

from uuid import UUID

from catalog.products.models import Brand, Category


def category_words(category_id: UUID) -> Category:
    """The category's description and SEO texts."""
    return Category.objects.only("description", "seo_title", "seo_description").get(pk=category_id)


def brand(slug: str) -> Brand | None:
    """The active brand of this slug."""
    return Brand.objects.filter(slug=slug, is_active=True).first()
