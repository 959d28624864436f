"""Noting what changed, so that the index tells without counting."""

from __future__ import annotations

from uuid import UUID

from catalog.sitemap import selectors
from shop.core import cache, db, pages


def note(product_ids: list[UUID]) -> None:
    """Something that is told of these products is not as it was."""
    now = db.clock(db.CATALOG)
    cache.SITEMAP_PART.set_many({start.hex: now for start in selectors.starts_of(product_ids)})
    pages.changed("sitemap")
