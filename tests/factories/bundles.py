"""Bundles of products."""

from __future__ import annotations

from typing import Any

from catalog.bundles.models import BundlePart
from catalog.products.models import Product
from tests.factories import cart as carts


def bundle(*parts: tuple[Product, int], amount: int = 5000, **fields: Any) -> Product:
    """A product whose first variant consists of so many units of the first variants of others."""
    made = carts.product(units=0, amount=amount, **{"name": "Breakfast set", **fields})
    for position, (component, quantity) in enumerate(parts):
        BundlePart.objects.create(
            bundle=carts.variant_of(made), component=carts.variant_of(component), quantity=quantity, position=position
        )
    return made
