"""Shelves as an answer: a fragment where a page asks for them, a page of their own without scripts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from catalog.products.cards import Card
from catalog.products.ownprices import on_cards
from catalog.recommendations.shelves import Shelf
from shop.accounts import selectors as accounts
from shop.core import cache
from shop.currencies import selectors as currencies

CARD = "components/_card.html"


def answer(request: HttpRequest, shelves: Sequence[Shelf], *, back: tuple[str, str] | None = None) -> HttpResponse:
    """`back`: name and address of the page that they belong to.

    A fragment without a shelf is empty, without even a blank: what is empty is not laid out.
    """
    is_fragment = bool(request.htmx)  # type: ignore[attr-defined]
    if is_fragment and not shelves:
        return HttpResponse("")
    currency, price_list = currencies.of(request), accounts.standing_of(request).price_list
    shelves = [replace(one, cards=on_cards(one.cards, currency=currency, price_list=price_list)) for one in shelves]
    ready = drawn((card for shelf in shelves for card in shelf.cards), currency)
    shown = [
        {
            "name": one.name,
            "title": one.title,
            "cards": one.cards,
            "ready": [ready[_mark(card, currency)] for card in one.cards],
        }
        for one in shelves
    ]
    context: dict[str, Any] = {"shelves": shown, "back": {"name": back[0], "url": back[1]} if back else None}
    template = "_shelves" if is_fragment else "page"
    return render(request, f"catalog/recommendations/{template}.html", context)


def drawn(cards: Iterable[Card], currency: str) -> dict[str, SafeString]:
    """The HTML of cards, by their marks. Drawing one takes longer than finding it, and the same card looks the same: it
    is kept under what it shows, so that it is never old."""
    wanted = {_mark(card, currency): card for card in cards}
    found = {str(mark): mark_safe(html) for mark, html in cache.CARDS.get_many(wanted).items()}  # noqa: S308  (our own)
    template = get_template(CARD)
    made = {
        mark: template.render({"card": card, "shop": {"currency": currency}})
        for mark, card in wanted.items()
        if mark not in found
    }
    cache.CARDS.set_many({mark: str(html) for mark, html in made.items()})
    return found | made


def _mark(card: Card, currency: str) -> str:
    return blake2b(f"{get_language()} {currency} {card!r}".encode(), digest_size=16).hexdigest()
