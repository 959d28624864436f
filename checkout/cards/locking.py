"""The lock of a customer's saved cards: taken after orders and payments."""

from __future__ import annotations

from uuid import UUID

from checkout.cards.models import SavedCard


def cards_of(customer_id: UUID) -> list[SavedCard]:
    """A customer's saved cards, locked until the caller's transaction ends."""
    rows = SavedCard.objects.select_for_update().filter(customer_id=customer_id, removed_at=None)
    return list(rows.order_by("id"))
