"""What the index hears. Each may run twice: indexing reads what is true now."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from catalog.search import indexing


def index_product(data: dict[str, Any]) -> None:
    """A product, its prices or its reviews changed."""
    indexing.index([UUID(data["product_id"])])


def index_products(data: dict[str, Any]) -> None:
    """A batch of an import is in."""
    indexing.index([UUID(product_id) for product_id in data["product_ids"]])


def index_variant(data: dict[str, Any]) -> None:
    """A variant's stock changed."""
    indexing.index_variant(UUID(data["variant_id"]))


def index_category(data: dict[str, Any]) -> None:
    """A category moved or was renamed; so were the lists of all products under it."""
    indexing.index_category(UUID(data["category_id"]))


def index_brand(data: dict[str, Any]) -> None:
    """A brand was renamed."""
    indexing.index_brand(UUID(data["brand_id"]))


def index_product_type(data: dict[str, Any]) -> None:
    """Other attributes of a type are filters now."""
    indexing.index_product_type(UUID(data["product_type_id"]))


def index_terms(data: dict[str, Any]) -> None:
    """Options and attributes are called otherwise in some language."""
    indexing.index_terms(data["texts"])


def index_currency(data: dict[str, Any]) -> None:
    """A currency is one of own prices only now, or is not any more."""
    indexing.index_currency(data["code"])
