"""What reviews hear."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from catalog.reviews import services


def note_purchases(data: dict[str, Any]) -> None:
    """An order was paid: its customer (not a guest) may write verified reviews of what is in it."""
    if data.get("customer_id"):
        services.note_purchases(
            customer_id=UUID(data["customer_id"]), variant_ids=[UUID(key) for key in data["variant_ids"]]
        )


def forget_author(data: dict[str, Any]) -> None:
    """A customer is forgotten: nothing here says any more what was theirs."""
    services.erase(customer_id=UUID(data["customer_id"]), by="system")
