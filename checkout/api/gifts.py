"""Gift cards in the calls of shoppers: codes in, errors with a stable code out."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.request import Request

from checkout.giftcards import selectors as gift_cards
from checkout.giftcards import views
from shop.core import rest


def cards(request: Request, codes: Sequence[str], currency: str) -> tuple[UUID, ...]:
    """The cards that these codes name. Raises `ApiError`: "rate_limited" after too many codes, "validation_error" for
    one that nothing in this currency can be paid with."""
    found = []
    for code in codes:
        if views.is_guessing(request._request):
            raise rest.ApiError("rate_limited", views.too_many(), 429)
        card = gift_cards.with_code(code)
        if (why := views.why_not(card, currency)) or card is None:
            fields = {"payment": {"gift_cards": [why]}}
            raise rest.ApiError("validation_error", _("Some of the input is not valid."), 400, fields)
        found.append(card.id)
    return tuple(found)
