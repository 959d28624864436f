"""Reads of the numbers on the goods: GTINs of variants."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from catalog.products.models import Variant


def gtins(variant_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The GTIN of each variant that has one. One query."""
    rows = Variant.objects.filter(pk__in=list(variant_ids)).exclude(gtin="")
    return dict(rows.values_list("pk", "gtin"))


def with_gtin(text: str) -> list[UUID]:
    """The variants with this GTIN, however many zeros are before it. One query, none for what is no GTIN."""
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 14):
        return []
    bare = digits.lstrip("0")
    forms = [bare.zfill(length) for length in (8, 12, 13, 14) if length >= len(bare)]
    return list(Variant.objects.filter(gtin__in=forms).values_list("pk", flat=True))
