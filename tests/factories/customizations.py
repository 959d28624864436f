"""Fields to personalise."""

from __future__ import annotations

from typing import Any

from catalog.customizations.models import CustomField
from catalog.products.models import Product


def engraving(product: Product, **fields: Any) -> CustomField:
    """A text of at most ten characters for 5 dollars."""
    values = {"code": "engraving", "name": "Engraving", "max_length": 10, "prices": {"USD": 500}, "position": 1}
    return CustomField.objects.create(product=product, **{**values, **fields})


def thread(product: Product, **fields: Any) -> CustomField:
    """A choice that must be made."""
    values = {"code": "thread", "name": "Thread", "kind": "choice", "choices": ["Gold", "Silver"], "is_required": True}
    return CustomField.objects.create(product=product, **{**values, **fields})
