# ruff: noqa: S608  (statements are put together from constants of this file; every value is a parameter)
"""The embedded engine: PostgreSQL full text over `Listing.document` and `Listing.title`.

Words must all be found (stemmed, without accents); where that gives less than a page, most of them will do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import OperationalError, connections

from catalog.products import tree
from catalog.search import facets, intent, relevance, wording
from catalog.search.engine import EngineDown, Hit, Results
from catalog.search.query import Query
from catalog.search.wording import Asked
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
# Where the merchant wants a product first; nobody is led to what is sold out.
_PLACE = "CASE WHEN is_buyable THEN array_position(%s::uuid[], product_id) END NULLS LAST"


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


def conditions(
    query: Query, asked: str = "", category: str = "", codes: Sequence[str] = (), pinned: Sequence[UUID] = ()
) -> Conditions:
    """The SQL of `query` whose words are tsquery `asked`, below the category at materialised path `category`, if any.

    Rows with one of the article numbers `codes`, and products that are `pinned`, are found as well.
    """
    found = Conditions(scope=["currency = %s", "price_list = %s"], scope_params=[query.currency, query.price_list])
    if category:
        found.category = category
        found.scope.append("category_path LIKE %s")
        found.scope_params.append(f"{category}%")
    if asked:
        found.tsquery = asked
        ways: list[tuple[str, Any]] = [("document @@ to_tsquery('shop', %s)", asked)]
        if codes:
            ways.append(("codes && %s::varchar[]", list(codes)))
        if pinned:
            ways.append(("product_id = ANY(%s::uuid[])", list(pinned)))
        found.scope.append(f"({' OR '.join(sql for sql, _ in ways)})")
        found.scope_params += [value for _, value in ways]
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
        pinned = asked.curated.pinned
        found, is_all = widened(query, look, below, pinned)
        order = f"is_buyable DESC, {_SORTS[query.sort]}"
        params: list[Any] = []
        if query.sort == "relevance":
            wanted = intent.categories(asked.meaning)
            score = relevance.score(look, wanted, wording.weights(), is_all=is_all).total()
            order, params = by_score(asked, look, score)
        results = _page(query, found, count, order, params)
        return replace(results, **asked.told())


def by_score(asked: Asked, look: relevance.Look, score: relevance.Part) -> tuple[str, list[Any]]:
    order = f"{_PLACE}, product_id = ANY(%s::uuid[]), (is_buyable OR codes && %s::varchar[]) DESC, {score.sql} DESC"
    return order, [list(asked.curated.pinned), list(asked.curated.buried), list(look.codes[:1]), *score.params]


def _page(query: Query, found: Conditions, count: Count, order: str, params: Sequence[Any] = ()) -> Results:
    counted = count(query, found)
    hits = _hits(query, found, order, params) if counted.total > query.offset else ()
    return Results(hits, counted.total, counted.facets)


def widened(query: Query, look: relevance.Look, below: str, pinned: Sequence[UUID]) -> tuple[Conditions, bool]:
    """Rows with every term, or where those are few with most of the terms, or with any; and whether it is every.

    Few without the filters: else each filter would bring in what it should leave out.
    """
    terms = len(look.terms)
    for least in relevance.leasts(terms):
        asked = look.all_() if least == terms else look.most(least)
        found = conditions(query, asked, below, look.codes, pinned)
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


def titled(asked: str, *, currency: str, top: int, is_many: bool) -> list[Hit]:
    """The `top` most popular listings whose title meets tsquery `asked`. `is_many`: more than can be sorted fast."""
    found = "title @@ to_tsquery('shop', %s)"
    scope = "currency = %s AND price_list = 'default'"
    order = "is_buyable DESC, popularity DESC, product_id DESC"
    if is_many:
        sql = f"SELECT {_COLUMNS} FROM catalog_listing WHERE {scope} AND {found} ORDER BY {order} LIMIT %s"
        return _read(sql, [currency, asked, top])
    # The index on all words finds them; kept apart from the order, of which the planner would walk the index instead.
    rows = f"SELECT * FROM catalog_listing WHERE {scope} AND document @@ to_tsquery('shop', %s) AND {found} OFFSET 0"
    sql = f"SELECT {_COLUMNS} FROM ({rows}) AS listing ORDER BY {order} LIMIT %s"
    return _read(sql, [currency, asked, asked, top])
