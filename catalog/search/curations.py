"""What the merchant says of single searches: where they lead, and what stands first or last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from catalog.search import changes, rules
from catalog.search.models import Curation, Pinned

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
    """The page of this shop to which a search for `text` leads instead of results. One query."""
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
