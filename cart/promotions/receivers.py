"""What promotions hear of themselves: those that lists show are put into the catalogue's prices."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from cart.promotions import listed


def show_in_lists(data: dict[str, Any]) -> None:
    """A promotion of the catalogue's lane changed."""
    listed.show(promotion_id=UUID(data["promotion_id"]))
