"""The cards whose codes a shopper has entered: their ids in the session, until something was paid with them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest

from checkout.giftcards import rules

_KEY, _REFUSED = "gift_cards", "gift_card_refused"


def cards(request: HttpRequest) -> list[UUID]:
    """In the order in which they were entered."""
    return [UUID(one) for one in request.session.get(_KEY, [])]


def is_full(request: HttpRequest) -> bool:
    """Whether no more of them may be used at once."""
    return len(cards(request)) >= rules.MOST_CARDS


def take(request: HttpRequest, card_id: UUID) -> None:
    """One more card; once each."""
    request.session[_KEY] = [str(one) for one in dict.fromkeys([*cards(request), card_id])]


def refuse(request: HttpRequest, *, why: str, typed: str = "") -> None:
    """What was entered is not used; `typed`: of a code that no card has, so that it can be put right."""
    request.session[_REFUSED] = {"gift_problem": why, "gift_typed": typed}


def told(request: HttpRequest) -> dict[str, Any]:
    """What the page with the field says of it, once: `gift_problem`, `gift_typed`."""
    found: dict[str, Any] = request.session.pop(_REFUSED, {})
    return found


def drop(request: HttpRequest, card_id: UUID | None = None) -> None:
    """A card is not to be used after all; without `card_id`, none of them."""
    left = [str(one) for one in cards(request) if card_id is not None and one != card_id]
    if _KEY in request.session:
        request.session[_KEY] = left
