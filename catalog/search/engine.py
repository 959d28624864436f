"""The one door to whatever engine answers: a protocol, its answers as plain values, the choice with its fallback."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from catalog.products.ownprices import own_prices
from catalog.search.meaning import LookedFor
from catalog.search.query import Query
from shop.core import cache

logger = logging.getLogger(__name__)

# Asked in this order; one that raises `EngineDown` is passed over, so that a search never ends in an error page.
BY_NAME = {
    "elasticsearch": "catalog.search.elasticsearch.ElasticsearchEngine",
    "postgres": "catalog.search.postgres.PostgresSearch",
}


class EngineDown(Exception):
    """The engine cannot answer now."""


@dataclass(frozen=True)
class Hit:
    """One found product: what a card and the API's lists show, with nothing left to look up."""

    product_id: UUID
    external_id: str
    name: str
    slug: str
    brand_name: str
    brand_slug: str
    category_path: str
    price_minor: int | None
    regular_minor: int | None
    shown_currency: str
    has_range: bool
    is_sellable: bool
    is_in_stock: bool
    rating_average: float
    rating_count: int
    card: Mapping[str, Any]


@dataclass(frozen=True)
class Count:
    """One value of a facet: how many results there are with it, all other filters unchanged."""

    value: str
    label: str
    count: int
    lang: str = ""  # the language of the label, where that is not the page's


@dataclass(frozen=True)
class Facet:
    """A filter of lists: category, brand, price, rating, availability or attr.<code>. `is_sampled`: there are so many
    results that only some were counted.
    """

    name: str
    label: str
    counts: tuple[Count, ...]
    is_sampled: bool = False
    lang: str = ""  # the language of the label, where that is not the page's


@dataclass(frozen=True)
class Results:
    """One page of hits, how many there are in all, and the facets.

    `suggestion` is a better spelling that finds more ("did you mean"); `corrected_to` is the spelling whose results
    these are, because the words as typed found nothing. `looked_for` are the words to be marked where they are found.
    """

    hits: Sequence[Hit]
    total: int
    facets: Sequence[Facet]
    suggestion: str | None = None
    corrected_to: str | None = None
    looked_for: tuple[LookedFor, ...] = ()


class SearchEngine(Protocol):
    """What every engine does. Raises `EngineDown` when it cannot."""

    def search(self, query: Query, *, with_facets: bool = True) -> Results: ...


def at_own_prices(hits: Sequence[Hit], *, currency: str, price_list: str) -> list[Hit]:
    """The same hits at the prices of who has this price list and pays in this currency. One query, none for everybody's
    list in the shop's own currency.
    """
    own = own_prices([hit.product_id for hit in hits], currency=currency, price_list=price_list)
    found = []
    for hit in hits:
        mine = own.get(hit.product_id)
        found.append(
            replace(
                hit,
                price_minor=mine.price.minor,
                regular_minor=mine.regular.minor,
                shown_currency=currency,
                has_range=mine.has_range,
                is_sellable=True,
            )
            if mine
            else replace(hit, is_sellable=hit.is_sellable and currency == settings.DEFAULT_CURRENCY)
        )
    return found


def configured() -> list[str]:
    """The engines of this shop, in the order in which they are asked."""
    return [name for name in BY_NAME if name != "elasticsearch" or settings.ELASTICSEARCH_URL]


def search(query: Query, *, with_facets: bool = True, only: str | None = None) -> Results:
    """Ask the first engine that answers, or `only` the one of this name, which is asked anew each time; else answers
    live for 15 minutes, or until the index changes. Raises `EngineDown` when none answers.
    """
    if only:
        return _ask(only, query, with_facets)
    version = cache.LISTINGS.get() or "0"  # before it is asked: what it may not know of yet has another version
    asked = hashlib.sha256(repr((query, with_facets, get_language())).encode()).hexdigest()
    return cache.SEARCH.get_or(lambda: _first(query, with_facets), version, asked)


def _first(query: Query, with_facets: bool) -> Results:
    *others, last = configured()
    for name in others:
        try:
            return _ask(name, query, with_facets)
        except EngineDown as down:
            logger.warning("search engine %s is down, asking the next one: %s", name, down)
    return _ask(last, query, with_facets)


def _ask(name: str, query: Query, with_facets: bool) -> Results:
    engine: SearchEngine = import_string(BY_NAME[name])()
    return engine.search(query, with_facets=with_facets)
