"""What recommendations hear. Each may run twice and makes one call."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from catalog.recommendations import behaviour, content, services


def note_order(data: dict[str, Any]) -> None:
    """An order was paid: what is in it was bought together."""
    services.note_order(
        order_id=UUID(data["order_id"]),
        at=datetime.fromisoformat(data["occurred_at"]),
        customer_id=UUID(data["customer_id"]) if data.get("customer_id") else None,
        variant_ids=[UUID(key) for key in data["variant_ids"]],
    )


def withdraw_order(data: dict[str, Any]) -> None:
    """An order was cancelled: nothing of it was bought after all."""
    services.withdraw_order(order_id=UUID(data["order_id"]), at=datetime.fromisoformat(data["occurred_at"]))


def describe_product(data: dict[str, Any]) -> None:
    """A product or its price changed: what it is, as a vector, follows."""
    content.describe([UUID(data["product_id"])])


def describe_products(data: dict[str, Any]) -> None:
    """A batch of an import is in."""
    content.describe([UUID(product_id) for product_id in data["product_ids"]])


def forget_customer(data: dict[str, Any]) -> None:
    """Somebody is forgotten: what they bought stays, as anybody's."""
    services.forget_customer(customer_id=UUID(data["customer_id"]))


def follow_consent(data: dict[str, Any]) -> None:
    """A customer agrees, or agrees no more, to suggestions from what they look at and buy."""
    behaviour.follow_consent(customer_id=UUID(data["customer_id"]))
