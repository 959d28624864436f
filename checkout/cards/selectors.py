"""Reads of saved cards."""

from __future__ import annotations

from uuid import UUID

from checkout.cards.models import SavedCard


class NoSuchCard(LookupError):
    """The customer has no such card (any more)."""


def cards_of(customer_id: UUID | None) -> list[SavedCard]:
    """A customer's cards, the default one first; none for guests."""
    return list(SavedCard.objects.filter(customer_id=customer_id, removed_at=None)) if customer_id else []


def card_of(*, customer_id: UUID | None, card_id: UUID | str) -> SavedCard:
    """One of the customer's own cards. Raises `NoSuchCard`, the same for anybody else's as for none."""
    try:
        key = card_id if isinstance(card_id, UUID) else UUID(card_id)
    except ValueError:
        raise NoSuchCard from None
    found = SavedCard.objects.filter(pk=key, customer_id=customer_id, removed_at=None).first() if customer_id else None
    if found is None:
        raise NoSuchCard
    return found


def customer_at(provider: str, customer_id: UUID | None) -> str | None:
    """The provider's own name of a customer, from the cards it has kept; None if it has kept none."""
    if customer_id is None:
        return None
    rows = SavedCard.objects.filter(customer_id=customer_id, provider=provider).order_by("id")
    return rows.values_list("reference", flat=True).first()


def removed(card_id: UUID) -> SavedCard | None:
    """A card that its customer has removed and its provider may still know."""
    return SavedCard.objects.filter(pk=card_id).exclude(removed_at=None).first()
