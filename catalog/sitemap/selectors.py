"""The pages of each part, and which parts there are."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from catalog.products import tree
from catalog.products.models import Brand
from catalog.search import selectors as listings
from catalog.sitemap.rules import MOST, Page
from shop.core import cache, languages, requests

SIZE = 5_000  # products in a part when parts are made; what comes later, comes into the last one
_FIRST = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Part:
    """Products from this key on, up to the next part's; and when one of them changed last."""

    start: UUID
    changed_at: datetime | None


def parts() -> list[Part]:
    """Of the products, in order; always one at least. Made at most once an hour, from an index of the database; changes
    since then are noted by events.
    """
    made: list[Part] = cache.SITEMAP.get_or(lambda: list(_made()))
    noted = cache.SITEMAP_PART.get_many([part.start.hex for part in made])
    return [Part(part.start, _later(part.changed_at, noted.get(part.start.hex))) for part in made]


def _made() -> Iterator[Part]:
    start = _FIRST
    while True:
        last, changed_at, count = listings.stretch(start, SIZE)
        yield Part(start, changed_at)
        if last is None or count < SIZE:
            return
        start = UUID(int=last.int + 1)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((moment for moment in (one, other) if moment), default=None)


def starts_of(product_ids: list[UUID]) -> set[UUID]:
    """In which of the parts that are known these products are; none while none are known."""
    made: list[Part] = cache.SITEMAP.get() or []
    starts = [part.start for part in made]
    return {starts[bisect_right(starts, product_id) - 1] for product_id in product_ids} if starts else set()


def products(start: UUID) -> list[Page]:
    """The products from this key to the next part's beginning, at most as many as a file may have. One query."""
    end = next((part.start for part in parts() if part.start > start), None)
    most = MOST // len(settings.LANGUAGES)
    return [
        Page(f"/products/{slug}/", changed_at, _picture(card))
        for slug, changed_at, card in listings.listed_between(start, end, most)
    ]


def _picture(card: dict[str, Any]) -> str:
    src = str((card.get("picture") or {}).get("src", ""))
    return requests.absolute(src) if src.startswith("/") else src


def others() -> list[Page]:
    """Home, the list, and all categories and brands that have a page. One query, one more if the tree is not known."""
    with translation.override(languages.default()):
        paths = [reverse("home"), reverse("product_list"), *(node.url for node in tree.tree().nodes)]
        slugs = Brand.objects.filter(is_active=True).order_by("pk").values_list("slug", flat=True)
        paths += [reverse("brand", args=[slug]) for slug in slugs[:MOST]]
    return [Page(path) for path in paths[: MOST // len(settings.LANGUAGES)]]
