"""The locks of cards. Taken last: no other lock is asked for while they are held."""

from __future__ import annotations

from uuid import UUID

from checkout.giftcards.models import GiftCard


def card(card_id: UUID) -> GiftCard | None:
    """A card, locked until the caller's transaction ends; None if there is none."""
    return GiftCard.objects.select_for_update().filter(pk=card_id).first()


def card_of(payment_id: UUID) -> GiftCard | None:
    """The card that a payment holds something of, locked; None if it never did."""
    rows = GiftCard.objects.select_for_update(of=("self",))
    return rows.filter(entries__payment_id=payment_id, entries__kind="held").first()


def cards_of_order(order_id: UUID) -> list[GiftCard]:
    """The cards that were bought with an order, locked in the order of their keys."""
    return list(GiftCard.objects.select_for_update().filter(order_id=order_id).order_by("pk"))
