"""What gift cards do when something has happened. It may run twice and makes one call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from checkout.giftcards import bought


def settle(data: dict[str, Any]) -> None:
    """Issue the cards that an order pays for, and take those back that it does not pay for any more."""
    bought.settle(order_id=UUID(data["order_id"]))
