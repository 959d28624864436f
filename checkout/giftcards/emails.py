"""The e-mail that brings a gift card. The code is no part of what is queued: it is read when the mail is sent."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import override

from checkout.giftcards import rules
from checkout.giftcards.models import GiftCard
from shop.core import crypto, formats, requests
from shop.notifications import services as notifications


def gift_card(card: GiftCard, *, key: str = "") -> bool:
    """Queue the code for the card's recipient; True if it is new. Another `key`, another copy."""
    with override(card.language):
        context = {
            "amount": card.initial.format(card.language),
            "valid_until": formats.day(card.expires_at) if card.expires_at else "",
            "balance_url": requests.absolute(reverse("gift_card")),
            "shop_url": requests.absolute(reverse("home")),
            "sender": card.sender_name,
            "name": card.recipient_name,
            "message": card.message,
            "secrets": {"code": f"gift-card:{card.pk}"},
        }
    return notifications.queue(
        key=f"gift_card:{card.pk}:{key}" if key else f"gift_card:{card.pk}",
        template="gift_card", to=card.recipient, language=card.language, context=context,
    )  # fmt: skip


def gift_card_sent(card: GiftCard) -> bool:
    """Tell who bought a card for somebody else that it was sent; True if it is new."""
    with override(card.language):
        context = {
            "amount": card.initial.format(card.language),
            "recipient": card.recipient,
            "name": card.recipient_name,
            "shop_url": requests.absolute(reverse("home")),
        }
    return notifications.queue(
        key=f"gift_card_sent:{card.pk}", template="gift_card_sent", to=card.sender, language=card.language,
        context=context,
    )  # fmt: skip


def short(address: str) -> str:
    """What tells addresses apart in a key, without being one."""
    return crypto.digests(address, purpose="gift card recipient")[0][:16]


def code(card_id: str) -> str:
    """The code of a card, for the e-mail that is being sent; see `shop.notifications.secrets`."""
    return rules.grouped(GiftCard.objects.get(pk=UUID(card_id)).code)
