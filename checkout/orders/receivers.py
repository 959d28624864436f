"""What orders do when something has happened. Each may run twice and makes one call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from checkout.orders import emails
from checkout.orders import services as orders

BY = "system"


def commit_stock(data: dict[str, Any]) -> None:
    """Sell the units that were held for the order that is now paid."""
    orders.commit_stock(order_id=UUID(data["order_id"]), by=BY)


def give_back_stock(data: dict[str, Any]) -> None:
    """Let go of the units of an order that will not be shipped."""
    orders.give_back_stock(order_id=UUID(data["order_id"]), by=BY)


def claim_guest_orders(data: dict[str, Any]) -> None:
    """Give a new customer the orders placed as a guest with the e-mail address that they have proven."""
    orders.claim_proven(customer_id=UUID(data["customer_id"]))


def mail_order_delivered(data: dict[str, Any]) -> None:
    """Tell the shopper that everything has arrived."""
    emails.order_delivered(order_id=UUID(data["order_id"]))


def mail_order_cancelled(data: dict[str, Any]) -> None:
    """Tell the shopper that the order is cancelled, why, and what comes back."""
    emails.order_cancelled(order_id=UUID(data["order_id"]), reason=data["reason"])
