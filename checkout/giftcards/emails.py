"""The e-mail that brings a gift card. The code is no part of what is queued: it is read when the mail is sent."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import override

from checkout.giftcards import rules
from checkout.giftcards.models import GiftCard
from shop.core import requests
from shop.notifications import services as notifications


def gift_card(card: GiftCard, *, key: str = "") -> bool:
    """Queue the code for the card's recipient; True if it is new. Another `key`, another copy."""
    with override(card.language):
        context = {
            "amount": card.initial.format(),
            "valid_until": date_format(card.expires_at, "DATE_FORMAT") if card.expires_at else "",
            "balance_url": requests.absolute(reverse("gift_card")),
            "shop_url": requests.absolute(reverse("home")),
            "secrets": {"code": f"gift-card:{card.pk}"},
        }
    return notifications.queue(
        key=f"gift_card:{card.pk}:{key}" if key else f"gift_card:{card.pk}",
        template="gift_card", to=card.recipient, language=card.language, context=context,
    )  # fmt: skip


def code(card_id: str) -> str:
    """The code of a card, for the e-mail that is being sent; see `shop.notifications.secrets`."""
    return rules.grouped(GiftCard.objects.get(pk=UUID(card_id)).code)
