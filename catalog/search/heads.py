"""What the head of a list says of it to search engines (docs/how-to/search-engines.md has the rules as a table)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.products import tree
from catalog.products.cards import Card
from catalog.search.page import Place
from catalog.search.query import Query
from shop.core import requests, structured


def is_endless(asked: Query, place: Place) -> bool:
    """Whether this is one of the many lists that choices make: not to be found by search engines, though what is on it
    is. The brand of a brand's page is no choice, nor is the category of a category's.
    """
    brands = tuple(brand for brand in asked.brands if brand != place.fixed_brand)
    is_chosen = replace(asked, brands=brands).has_filters or bool(asked.category and not place.is_category)
    return bool(asked.text or is_chosen or asked.sort != "relevance" or asked.is_exact or not asked.is_personal)


def head(asked: Query, place: Place, shown: Mapping[str, Any], *, title: str = "", told: str = "") -> dict[str, Any]:
    """For `_meta.html`: `title` and `told` (a description) are the merchant's words, where there are any."""
    endless = is_endless(asked, place)
    plain = Query(page=1 if endless else asked.page, currency=asked.currency)
    title, told = title or place.title, structured.described(told) or _told(place.title, shown)
    if plain.page > 1:
        title = _("%(title)s – page %(page)s") % {"title": title, "page": plain.page}
        told = _("Page %(page)s: %(text)s") % {"page": plain.page, "text": told}
    cards: Sequence[Card] = shown["cards"]
    data = [structured.breadcrumbs(shown["breadcrumbs"])]
    if cards and not endless:
        data.append(structured.item_list([card.url for card in cards], first=(asked.page - 1) * asked.limit + 1))
    return {
        "meta_title": title,
        "meta_description": "" if endless else told,
        "canonical_url": requests.absolute(_place(asked, place) + plain.urlencoded()),
        "is_noindex": endless,
        "meta_picture": structured.picture(cards[0].picture if cards else None),
        "structured": [structured.script(one) for one in data],
    }


def _place(asked: Query, place: Place) -> str:
    """Where the list without choices is: that of a category, if one was chosen from all products."""
    node = (
        tree.tree().at(asked.category) if asked.category and not place.is_category and not place.fixed_brand else None
    )
    return node.url if node else place.path


def _told(title: str, shown: Mapping[str, Any]) -> str:
    brands = list(dict.fromkeys(card.brand for card in shown["cards"] if card.brand))[:3]
    facts = {"title": title, "shop": settings.SHOP_NAME, "count": shown["total"], "brands": ", ".join(brands)}
    if brands:
        return (
            _("%(title)s at %(shop)s: %(count)s products, from %(brands)s and others. Real stock, full prices.") % facts
        )
    return _("%(title)s at %(shop)s: %(count)s products. Real stock, full prices.") % facts


def home(picture: Mapping[str, Any] | None) -> dict[str, Any]:
    """Of the first page: who the shop is, and how it is searched."""
    promise = _("Things worth keeping, sent on the day we say.").rstrip(".")
    return {
        "meta_title": f"{settings.SHOP_NAME} – {promise}",
        "meta_description": _("Real stock, the full price before you pay, and time to change your mind."),
        "canonical_url": requests.absolute(reverse("home")),
        "meta_picture": structured.picture(picture),
        "structured": [structured.script(structured.organization()), structured.script(structured.website())],
    }
