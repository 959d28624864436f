"""Searches of who pays in another currency than the shop's own.

The index knows the shop's own currency. Amounts in a question become those between which exactly the prices lie that
are shown there; what was found is found, sorted and cached for everybody, and shown at converted prices afterwards.
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
    """Where lists divide prices in this currency; none for the shop's own, which is divided as ever."""
    terms = currencies.terms(currency)
    return rules.bands(terms) if terms else ()


def search(asked: Query, *, with_facets: bool = True) -> Results:
    """`engine.search` for a question in any currency."""
    if asked.currency == settings.DEFAULT_CURRENCY:
        return engine.search(asked, with_facets=with_facets)
    terms = currencies.terms(asked.currency)
    results = engine.search(_at_home(asked, terms), with_facets=with_facets)
    labels = facets.band_labels(asked) if terms else {}
    return replace(results, facets=[_labelled(one, labels) for one in results.facets if terms or one.name != "price"])


def _at_home(asked: Query, terms: Terms | None) -> Query:
    """The question in the shop's own currency. Without a rate nobody can say what a price there is here: lists are not
    divided by price then.
    """
    own = replace(asked, currency=settings.DEFAULT_CURRENCY, price_min=None, price_max=None, edges=())
    if terms is None:
        return own
    return replace(
        own,
        price_min=None if asked.price_min is None else terms.least(asked.price_min),
        price_max=None if asked.price_max is None else terms.most(asked.price_max),
        edges=tuple(terms.least(edge) for edge in asked.edges),
    )


def _labelled(facet: Facet, labels: dict[str, str]) -> Facet:
    if facet.name != "price":
        return facet
    return replace(facet, counts=tuple(replace(one, label=labels[one.value]) for one in facet.counts))
