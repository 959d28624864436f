"""Searches of who pays in another currency than the shop's own.

The index knows the shop's own currency, and those to which nothing is converted: lists in these have what has a price
in them. For all others it is asked in the shop's own: amounts in a question become those between which exactly the
prices lie that are shown there; what was found is found, sorted and cached for everybody, and shown at converted prices
afterwards.
"""

from __future__ import annotations

from dataclasses import replace

from django.conf import settings

from catalog.search import engine, facets
from catalog.search.engine import Facet, Results
from catalog.search.query import Query
from shop.currencies import rules
from shop.currencies import selectors as currencies
from shop.currencies.rules import Terms


def edges(currency: str) -> tuple[int, ...]:
    """Where lists divide prices in this currency; none for the shop's own, and where nobody knows what it is worth:
    those are divided as ever.
    """
    rate = currencies.rate_of(currency)
    return rules.bands(currency, rate) if rate else ()


def search(asked: Query, *, with_facets: bool = True) -> Results:
    """`engine.search` for a question in any currency."""
    terms = currencies.terms(asked.currency)
    if terms is None:
        return engine.search(asked, with_facets=with_facets)
    results = engine.search(_at_home(asked, terms), with_facets=with_facets)
    labels = facets.band_labels(asked)
    return replace(results, facets=[_labelled(one, labels) for one in results.facets])


def _at_home(asked: Query, terms: Terms) -> Query:
    """The question in the shop's own currency."""
    return replace(
        asked,
        currency=settings.DEFAULT_CURRENCY,
        price_min=None if asked.price_min is None else terms.least(asked.price_min),
        price_max=None if asked.price_max is None else terms.most(asked.price_max),
        edges=tuple(terms.least(edge) for edge in asked.edges),
    )


def _labelled(facet: Facet, labels: dict[str, str]) -> Facet:
    if facet.name != "price":
        return facet
    return replace(facet, counts=tuple(replace(one, label=labels[one.value]) for one in facet.counts))
