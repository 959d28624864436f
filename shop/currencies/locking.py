"""Every row lock of currencies."""

from __future__ import annotations

from collections.abc import Iterable

from shop.currencies.models import Currency


def currencies(codes: Iterable[str]) -> list[Currency]:
    """Lock those of these that there are, by their keys."""
    return list(Currency.objects.select_for_update().filter(code__in=list(codes)).order_by("pk"))
