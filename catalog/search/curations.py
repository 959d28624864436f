"""What the merchant says of single searches: where they lead, and what stands first or last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.conf import settings

from catalog.search import changes, query, rules
from catalog.search.models import Curation, Pinned
from shop.core import languages

MOST = 50  # products of one search
MOST_SYNONYM_WORDS = 4  # as many neighbours are looked at


@dataclass(frozen=True)
class Curated:
    """Products that stand first, in turn, and those that stand last."""

    pinned: tuple[UUID, ...] = ()
    buried: tuple[UUID, ...] = ()


def key(text: str) -> str:
    """By what a search is found again: its words in the singular, whatever their order. Empty if it has none."""
    return " ".join(sorted(map(rules.singular, rules.words(text))))[:200]


def curated(text: str) -> Curated:
    """What stands first and last for `text`. One query."""
    rows = Pinned.objects.filter(curation__key=key(text), curation__is_active=True).order_by("place", "id")
    pins = list(rows.values_list("product_id", "is_buried")[:MOST])
    return Curated(
        pinned=tuple(product for product, is_buried in pins if not is_buried),
        buried=tuple(product for product, is_buried in pins if is_buried),
    )


def leads_to(text: str) -> str | None:
    """The page of this shop to which a search for `text` leads instead of results, unless that is a search that leads
    on itself: nobody is sent round in circles. Two queries at most.
    """
    url = _target(text)
    return None if url and (on := searched_by(url)) and _target(on) else url


def searched_by(url: str) -> str:
    """What is searched for at this address of the shop; empty if nothing is, or if filters keep it where it is."""
    parts = urlsplit(url)
    if languages.plain(parts.path) != "/products/":
        return ""
    asked, _problems = query.parse(parse_qs(parts.query), currency=settings.DEFAULT_CURRENCY)
    return "" if asked.has_filters else asked.text


def _target(text: str) -> str | None:
    rows = Curation.objects.filter(key=key(text), is_active=True).exclude(redirect_url="")
    return rows.values_list("redirect_url", flat=True).first()


def pin(curation: Curation, pins: Sequence[tuple[UUID, bool]]) -> None:
    """Let a search show these products (id, whether it is last instead of first), in this order, and no others."""
    Pinned.objects.filter(curation=curation).delete()
    Pinned.objects.bulk_create(
        Pinned(curation=curation, product_id=product, place=place, is_buried=is_buried)
        for place, (product, is_buried) in enumerate(pins[:MOST], 1)
    )
    changes.renew()
