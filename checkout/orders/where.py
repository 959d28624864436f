"""Where an order goes: to an address, or by e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cart.shipping.rules import BY_EMAIL
from checkout.orders.models import Order


def is_by_email(order: Order) -> bool:
    """Whether all of it is sent by e-mail: it has no delivery address, and nobody packs it."""
    return order.delivery_option == BY_EMAIL


def address(order: Order) -> Mapping[str, Any]:
    """Where it goes; of what is sent by e-mail, as much as is known of where its buyer is."""
    found: Mapping[str, Any] = order.shipping_address or order.billing_address
    return found
