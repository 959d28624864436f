# ruff: noqa: S608  (statements are put together from constants of this file; every value is a parameter)
"""The embedded engine: PostgreSQL full text over `Listing.document`, with typo tolerance by the vocabulary's trigrams.

Words must all be found (stemmed, without accents, the last one also as a prefix). If hardly anything is, misspelt words
are corrected; if still nothing is, any of the words will do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import OperationalError, connections

from catalog.products import tree
from catalog.search import facets, rules, spelling
from catalog.search.engine import EngineDown, Hit, Results
from catalog.search.query import Query, search_words
from shop.core import db

FEW = 3  # with fewer results than this a better spelling is looked for
_COLUMNS = (
    "product_id, external_id, name, slug, brand_name, brand_slug, category_path, price_minor, regular_minor, "
    "shown_currency, has_range, is_sellable, is_in_stock, rating_average::float8 AS rating, rating_count, card::text"
)
_WEIGHTS = "{0.05, 0.25, 0.5, 1.0}"  # D description, C tags and attributes, B brand and category, A name
_SORTS = {
    "price": "price_minor ASC",
    "-price": "price_minor DESC NULLS LAST",
    "rating": "rating_average DESC",
    "newest": "released_at DESC NULLS LAST",
    "relevance": "popularity DESC",
}


@dataclass
class Conditions:
    """What a query asks, as SQL: what every row must meet (`scope`), and the filters by facet, which facets lift one
    by one.
    """

    scope: list[str] = field(default_factory=list)
    scope_params: list[Any] = field(default_factory=list)
    filters: dict[str, tuple[str, list[Any]]] = field(default_factory=dict)
    category: str = ""  # materialised path
    tsquery: str = ""

    def where(self) -> tuple[str, list[Any]]:
        """Scope and all filters."""
        parts, params = list(self.scope), list(self.scope_params)
        for sql, values in self.filters.values():
            parts.append(sql)
            params += values
        return " AND ".join(parts), params


def conditions(query: Query, tsquery: str, category: str = "") -> Conditions:
    """The SQL of `query`, below the category at materialised path `category`, if any."""
    found = Conditions(scope=["currency = %s", "price_list = %s"], scope_params=[query.currency, query.price_list])
    if category:
        found.category = category
        found.scope.append("category_path LIKE %s")
        found.scope_params.append(f"{category}%")
    if query.text:
        found.tsquery = tsquery
        found.scope.append("document @@ to_tsquery('shop', %s)")
        found.scope_params.append(tsquery)
    _add_filters(found, query)
    return found


def _add_filters(found: Conditions, query: Query) -> None:
    if query.brands:
        found.filters["brand"] = ("brand_slug = ANY(%s)", [list(query.brands)])
    prices = [("price_minor >= %s", query.price_min), ("price_minor <= %s", query.price_max)]
    given = [(sql, value) for sql, value in prices if value is not None]
    if given:
        found.filters["price"] = (" AND ".join(sql for sql, _ in given), [value for _, value in given])
    if query.rating:
        found.filters["rating"] = ("rating_average >= %s", [query.rating])
    if query.in_stock:
        found.filters["availability"] = ("is_buyable", [])
    for code, values in query.attributes:
        sql = " OR ".join(["attributes @> jsonb_build_object(%s::text, jsonb_build_array(%s::text))"] * len(values))
        found.filters[f"attr.{code}"] = (f"({sql})", [item for value in values for item in (code, value)])


Count = Callable[[Query, Conditions], facets.Counted]


@dataclass(frozen=True)
class Answer:
    """What was asked in the end, how much it finds, and what to say of the spelling."""

    found: Conditions
    counted: facets.Counted
    suggestion: str | None = None
    corrected_to: str | None = None


class PostgresSearch:
    """The `SearchEngine` that is always there."""

    def search(self, query: Query, *, with_facets: bool = True) -> Results:
        try:
            return self._search(query, with_facets)
        except OperationalError as error:
            raise EngineDown("PostgreSQL does not answer") from error

    def _search(self, query: Query, with_facets: bool) -> Results:
        words = search_words(query)
        node = tree.tree().at(query.category) if query.category else None
        if (query.text and not words) or (query.category and node is None):
            return Results((), 0, ())
        count = facets.count if with_facets else facets.total
        answer = self._as_typed(query, words, node.path if node else "", count)
        return Results(
            hits=self._hits(query, answer.found) if answer.counted.total > query.offset else (),
            total=answer.counted.total,
            facets=answer.counted.facets,
            suggestion=answer.suggestion,
            corrected_to=answer.corrected_to,
        )

    def _as_typed(self, query: Query, words: Sequence[str], category: str, count: Count) -> Answer:
        """The words as typed; failing that, corrected ones; failing that, any of them."""
        found = conditions(query, rules.tsquery(words), category)
        answer = Answer(found, count(query, found))
        if words and answer.counted.total < FEW:
            answer = self._corrected(query, words, category, answer, count)
        if len(words) > 1 and answer.counted.total == 0 and not query.has_filters:
            found = conditions(query, rules.tsquery(words, operator="|"), category)
            answer = Answer(found, count(query, found))
        return answer

    def _corrected(self, query: Query, words: Sequence[str], category: str, typed: Answer, count: Count) -> Answer:
        """What a better spelling finds, if the typed one found nothing; else only the hint that there is one."""
        better = spelling.correct(words)
        if better is None:
            return typed
        found = conditions(query, rules.tsquery(better, prefix=False), category)
        counted = count(query, found)
        if counted.total <= typed.counted.total:
            return typed
        if typed.counted.total:
            return replace(typed, suggestion=" ".join(better))
        return Answer(found, counted, corrected_to=" ".join(better))

    def _hits(self, query: Query, found: Conditions) -> list[Hit]:
        where, params = found.where()
        order, order_params = _order(query, found)
        sql = (
            f"SELECT {_COLUMNS} FROM catalog_listing WHERE {where} "
            f"ORDER BY is_buyable DESC, {order}, product_id DESC LIMIT %s OFFSET %s"
        )
        return _read(sql, [*params, *order_params, query.limit, query.offset])


def _order(query: Query, found: Conditions) -> tuple[str, list[Any]]:
    if query.sort == "relevance" and found.tsquery:
        rank = f"ts_rank('{_WEIGHTS}', document, to_tsquery('shop', %s), 1) * (1 + 0.1 * ln(1 + popularity))"
        return f"{rank} DESC", [found.tsquery]
    return _SORTS[query.sort], []


def _read(sql: str, params: Sequence[Any]) -> list[Hit]:
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(sql, params)
        return [Hit(*(*row[:-1], json.loads(row[-1]))) for row in cursor.fetchall()]


def listings(*, currency: str, order: str, top: int, is_buyable: bool = True) -> list[Hit]:
    """The `top` listings by one of the sorts, for the home page and pages that found nothing."""
    sql = (
        f"SELECT {_COLUMNS} FROM catalog_listing WHERE currency = %s AND price_list = 'default' "
        f"AND is_buyable = %s ORDER BY is_buyable DESC, {_SORTS[order]}, product_id DESC LIMIT %s"
    )
    return _read(sql, [currency, is_buyable, top])
