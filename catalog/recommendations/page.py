"""Shelves as an answer: a fragment where a page asks for them, a page of their own without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from catalog.products.ownprices import on_cards
from catalog.recommendations.shelves import Shelf
from shop.accounts import selectors as accounts
from shop.currencies import selectors as currencies


def answer(request: HttpRequest, shelves: Sequence[Shelf], *, back: tuple[str, str] | None = None) -> HttpResponse:
    """`back`: name and address of the page that they belong to.

    A fragment without a shelf is empty, without even a blank: what is empty is not laid out.
    """
    is_fragment = bool(request.htmx)  # type: ignore[attr-defined]
    if is_fragment and not shelves:
        return HttpResponse("")
    currency, price_list = currencies.of(request), accounts.standing_of(request).price_list
    shelves = [replace(one, cards=on_cards(one.cards, currency=currency, price_list=price_list)) for one in shelves]
    shown = [
        {"name": one.name, "title": one.title, "cards": one.cards, "whole": _whole(one, currency, price_list)}
        for one in shelves
    ]
    context: dict[str, Any] = {"shelves": shown, "back": {"name": back[0], "url": back[1]} if back else None}
    template = "_shelves" if is_fragment else "page"
    return render(request, f"catalog/recommendations/{template}.html", context)


def _whole(shelf: Shelf, currency: str, price_list: str) -> dict[str, Any] | None:
    """What one button buys, and what that costs (None where it depends on what is chosen)."""
    cards = on_cards(shelf.whole, currency=currency, price_list=price_list) if shelf.whole else []
    prices = [card.price for card in cards if card.price is not None and card.is_sellable]
    if not cards or len(prices) < len(cards):
        return None
    total = sum(prices[1:], prices[0]) if len({one.currency for one in prices}) == 1 else None
    return {"cards": cards, "total": total, "is_from": any(card.price_from for card in cards)}
