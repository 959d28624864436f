# ruff: noqa: S608  (statements are put together from constants of this file; every value is a parameter)
"""The embedded engine: PostgreSQL full text over `Listing.document` and `Listing.title`.

Words must all be found (stemmed, without accents); where that gives less than a page, most of them will do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import OperationalError, connections

from catalog.products import tree
from catalog.search import facets, intent, relevance, wording
from catalog.search.engine import EngineDown, Hit, Results
from catalog.search.query import Query
from shop.core import db

FEW = 24  # with fewer results than a page holds, those with most of the words come as well
_COLUMNS = (
    "product_id, external_id, name, slug, brand_name, brand_slug, category_path, price_minor, regular_minor, "
    "shown_currency, has_range, is_sellable, is_in_stock, rating_average::float8 AS rating, rating_count, card::text"
)
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


def conditions(query: Query, asked: str = "", category: str = "", codes: Sequence[str] = ()) -> Conditions:
    """The SQL of `query` whose words are tsquery `asked`, below the category at materialised path `category`, if any.

    Rows with one of the article numbers `codes` are found as well.
    """
    found = Conditions(scope=["currency = %s", "price_list = %s"], scope_params=[query.currency, query.price_list])
    if category:
        found.category = category
        found.scope.append("category_path LIKE %s")
        found.scope_params.append(f"{category}%")
    if asked:
        found.tsquery = asked
        sql = "document @@ to_tsquery('shop', %s)"
        found.scope.append(f"({sql} OR codes && %s::varchar[])" if codes else sql)
        found.scope_params += [asked, list(codes)] if codes else [asked]
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


class PostgresSearch:
    """The `SearchEngine` that is always there."""

    def search(self, query: Query, *, with_facets: bool = True) -> Results:
        try:
            return self._search(query, with_facets)
        except OperationalError as error:
            raise EngineDown("PostgreSQL does not answer") from error

    def _search(self, query: Query, with_facets: bool) -> Results:
        node = tree.tree().at(query.category) if query.category else None
        if query.category and node is None:
            return Results((), 0, ())
        below = node.path if node else ""
        count = facets.count if with_facets else facets.total
        if not query.text:
            return _page(query, conditions(query, category=below), count, f"is_buyable DESC, {_SORTS[query.sort]}")
        asked = wording.understood(query)
        if asked.meaning.is_empty:
            return Results((), 0, ())
        look = relevance.look(asked.meaning, asked.known)
        found, is_all = _widened(query, look, below)
        order = f"is_buyable DESC, {_SORTS[query.sort]}"
        params: list[Any] = []
        if query.sort == "relevance":
            wanted = intent.categories(asked.meaning)
            order, params = relevance.score(look, wanted, wording.weights(), is_all=is_all)
            order, params = (
                f"(is_buyable OR codes && %s::varchar[]) DESC, {order} DESC",
                [list(look.codes[:1]), *params],
            )
        results = _page(query, found, count, order, params)
        return replace(results, suggestion=asked.suggestion, corrected_to=asked.corrected_to)


def _page(query: Query, found: Conditions, count: Count, order: str, params: Sequence[Any] = ()) -> Results:
    counted = count(query, found)
    hits = _hits(query, found, order, params) if counted.total > query.offset else ()
    return Results(hits, counted.total, counted.facets)


def _widened(query: Query, look: relevance.Look, below: str) -> tuple[Conditions, bool]:
    """Rows with every term, or where those are few with most of the terms, or with any; and whether it is every.

    Few without the filters: else each filter would bring in what it should leave out.
    """
    terms = len(look.terms)
    for least in relevance.leasts(terms):
        asked = look.all_() if least == terms else look.most(least)
        found = conditions(query, asked, below, look.codes)
        if _has(found, FEW if least == terms else 1):
            break
    return found, least == terms


def _has(found: Conditions, rows: int) -> bool:
    """Whether there are so many rows in the scope, filters aside."""
    sql = f"SELECT FROM catalog_listing WHERE {' AND '.join(found.scope)} LIMIT {rows}"
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({sql}) AS those", found.scope_params)
        return bool(cursor.fetchone()[0] == rows)


def _hits(query: Query, found: Conditions, order: str, order_params: Sequence[Any]) -> list[Hit]:
    where, params = found.where()
    sql = f"SELECT {_COLUMNS} FROM catalog_listing WHERE {where} ORDER BY {order}, product_id DESC LIMIT %s OFFSET %s"
    return _read(sql, [*params, *order_params, query.limit, query.offset])


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
