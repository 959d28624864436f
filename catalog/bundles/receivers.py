"""What bundles do when products change. Receivers of events; each may run twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from catalog.bundles import services


def note_product(data: dict[str, Any]) -> None:
    """A product changed, and perhaps what it consists of."""
    services.note_parts([UUID(data["product_id"])])


def note_products(data: dict[str, Any]) -> None:
    """Many did; parts of bundles may have stock only now."""
    services.note_parts(UUID(product_id) for product_id in data["product_ids"])
