"""What the purchase does when others say that something happened. Each may be told twice."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from checkout.purchase import services


def cancel_unpaid(data: dict[str, Any]) -> None:
    """On `ReservationExpired`: end the order that it was held for, unless it was paid."""
    services.cancel_unpaid(order_id=UUID(data["reference"]))


def give_back_cart(data: dict[str, Any]) -> None:
    """On `OrderCancelled`: the cart and the coupons return to the shopper."""
    services.give_back_cart(order_id=UUID(data["order_id"]))
