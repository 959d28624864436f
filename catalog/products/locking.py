"""Every row lock of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from catalog.products.models import Category, Product
from catalog.products.price_models import PriceRule


def product(product_id: UUID) -> Product:
    """The product, locked until the transaction ends. Raises `Product.DoesNotExist`."""
    return Product.objects.select_for_update().get(pk=product_id)


def products(product_ids: Iterable[UUID]) -> None:
    """Locks products until the transaction ends, in the order of their keys; rows that point to them may still come."""
    rows = Product.objects.select_for_update(no_key=True).filter(pk__in=list(product_ids)).order_by("pk")
    list(rows.values_list("pk"))


def rule(rule_id: UUID) -> PriceRule:
    """A price rule, locked until the transaction ends."""
    return PriceRule.objects.select_for_update().get(pk=rule_id)


def category_tree() -> None:
    """Locks the departments, so that only one change of the tree's shape happens at a time."""
    list(Category.objects.select_for_update().filter(depth=1).order_by("pk").values_list("pk"))


def next_rule() -> PriceRule | None:
    """The first price rule that list prices are behind of, unless somebody else is at it."""
    return PriceRule.objects.select_for_update(skip_locked=True).filter(reach__isnull=False).order_by("pk").first()
