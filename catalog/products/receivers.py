"""What prices hear: promotions are for categories and brands, and these change."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from catalog.products import repricing


def reprice_category(data: dict[str, Any]) -> None:
    """A category moved, or was switched off or on."""
    repricing.reprice_category(UUID(data["category_id"]))


def reprice_brand(data: dict[str, Any]) -> None:
    """A brand has another slug."""
    repricing.reprice_brand(UUID(data["brand_id"]))
