"""The cards whose codes a shopper has entered: their ids in the session, until something was paid with them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest

from checkout.giftcards import rules

_KEY = "gift_cards"


def cards(request: HttpRequest) -> list[UUID]:
    """In the order in which they were entered."""
    return [UUID(one) for one in request.session.get(_KEY, [])]


def is_full(request: HttpRequest) -> bool:
    """Whether no more of them may be used at once."""
    return len(cards(request)) >= rules.MOST_CARDS


def take(request: HttpRequest, card_id: UUID) -> None:
    """One more card; once each."""
    request.session[_KEY] = [str(one) for one in dict.fromkeys([*cards(request), card_id])]


def drop(request: HttpRequest, card_id: UUID | None = None) -> None:
    """A card is not to be used after all; without `card_id`, none of them."""
    left = [str(one) for one in cards(request) if card_id is not None and one != card_id]
    if _KEY in request.session:
        request.session[_KEY] = left
