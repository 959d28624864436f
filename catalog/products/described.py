"""What variants are, for who asks for thousands of them: no prices, no pictures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from catalog.products.models import Variant


@dataclass(frozen=True, slots=True)
class Described:
    """A variant's product, and what that is: its brand's slug, its category's path (materialised), tags, attributes."""

    variant_id: UUID
    product_id: UUID
    brand: str
    category_path: str
    tags: tuple[str, ...]
    attributes: Mapping[str, Any]


def described(variant_ids: Iterable[UUID]) -> dict[UUID, Described]:
    """These variants, also archived ones; unknown ids are left out. One query."""
    rows = Variant.objects.filter(pk__in=list(variant_ids)).values_list(
        "pk", "product_id", "product__brand__slug", "product__category__path", "product__tags", "product__attributes"
    )
    return {
        key: Described(key, product_id, brand or "", path or "", tuple(map(str, tags)), attributes)
        for key, product_id, brand, path, tags, attributes in rows
    }
