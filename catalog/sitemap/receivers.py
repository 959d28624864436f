"""What the sitemap hears. Each may run twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from catalog.sitemap import services


def note_product(data: dict[str, Any]) -> None:
    """A product, its prices or its reviews changed."""
    services.note([UUID(data["product_id"])])


def note_products(data: dict[str, Any]) -> None:
    """Many of them did."""
    services.note([UUID(product_id) for product_id in data["product_ids"]])
