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
from catalog.search import facets, intent, relevance, worded, wording
from catalog.search.curations import Curated
from catalog.search.engine import EngineDown, Hit, Results
from catalog.search.query import Query
from catalog.search.wording import Asked
from shop.core import db

FEW = 24  # with fewer results than a page holds, those with most of the words come as well
MANY = 5_000  # with so many, those that only mention the words come last: not all can be scored in time
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


Ways = list[tuple[str, Any]]  # to be found: SQL with one parameter


def conditions(
    query: Query, asked: str = "", category: str = "", codes: Sequence[str] = (), pinned: Sequence[UUID] = ()
) -> Conditions:
    """The SQL of `query` whose words are tsquery `asked`, below the category at materialised path `category`, if any.

    Rows with one of the article numbers `codes`, and products that are `pinned`, are found as well.
    """
    ways: Ways = [("document @@ to_tsquery('shop', %s)", asked)] if asked else []
    return _conditions(query, [*ways, *_also(codes, pinned)] if asked else [], category, asked)


def _also(codes: Sequence[str], products: Sequence[UUID]) -> Ways:
    ways: Ways = [("codes && %s::varchar[]", list(codes))] if codes else []
    return [*ways, ("product_id = ANY(%s::uuid[])", list(products))] if products else ways


def _conditions(query: Query, ways: Ways, category: str, asked: str) -> Conditions:
    found = Conditions(["currency = %s", "price_list = %s"], [query.currency, query.price_list], {}, category, asked)
    if category:
        found.scope.append("category_path LIKE %s")
        found.scope_params.append(f"{category}%")
    if ways:
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
        wide = widened(query, look, below, asked.also)
        found, order = wide.found, f"is_buyable DESC, {_SORTS[query.sort]}"
        params: list[Any] = []
        counted = count(query, found)
        if query.sort == "relevance":
            wanted = intent.categories(asked.meaning)
            score = relevance.score(look, wanted, wording.weights(), is_all=wide.is_all, is_many=wide.is_many).total()
            order, params = by_score(asked, look, score, wide)
            if wide.is_many and asked.curated == Curated():
                found = _first_ones(query, look, wide, asked.named)
        hits = _hits(query, found, order, params) if counted.total > query.offset else ()
        return replace(Results(hits, counted.total, counted.facets), **asked.told())


def _first_ones(query: Query, look: relevance.Look, wide: Widened, named: Sequence[UUID]) -> Conditions:
    """What is found, only with what comes first anyway if that fills the page."""
    ways: Ways = [
        ("is_buyable AND title @@ to_tsquery('shop', %s)", wide.found.tsquery),
        *_also(look.codes, (*wide.whole, *named)),
    ]
    first = _conditions(query, ways, wide.found.category, wide.found.tsquery)
    wanted = query.offset + query.limit
    return first if _count(*first.where(), wanted) == wanted else wide.found


def by_score(asked: Asked, look: relevance.Look, score: relevance.Part, wide: Widened) -> tuple[str, list[Any]]:
    """ORDER BY of a search by relevance, only with what it needs: it is worked out for every row that is found."""
    order: list[tuple[str, list[Any]]] = []
    if asked.curated.pinned:
        order.append((_PLACE, [list(asked.curated.pinned)]))
    if asked.curated.buried:
        order.append(("product_id = ANY(%s::uuid[])", [list(asked.curated.buried)]))
    order += [(f"({sql}) DESC", [value]) for sql, value in _also((), asked.named)]
    if look.codes:
        order.append(("(is_buyable OR codes && %s::varchar[]) DESC", [list(look.codes[:1])]))
    else:  # as a number: by an index on it the planner would walk all that can be bought
        order.append(("is_buyable::int DESC", []))
    if wide.is_many:
        ways: Ways = [("title @@ to_tsquery('shop', %s)", wide.found.tsquery), *_also(look.codes, ())]
        order += [(f"{sql} DESC", [value]) for sql, value in _also((), wide.whole)]
        order.append((f"({' OR '.join(sql for sql, _ in ways)}) DESC", [value for _, value in ways]))
    order.append((f"{score.sql} DESC", list(score.params)))
    return ", ".join(sql for sql, _ in order), [value for _, params in order for value in params]


def _page(query: Query, found: Conditions, count: Count, order: str, params: Sequence[Any] = ()) -> Results:
    counted = count(query, found)
    hits = _hits(query, found, order, params) if counted.total > query.offset else ()
    return Results(hits, counted.total, counted.facets)


@dataclass(frozen=True)
class Widened:
    """What is found, whether all of it has every term, and whether it is so much that mere mentions come last, after
    the `whole` few with every term, if those are not all of it.
    """

    found: Conditions
    is_all: bool
    is_many: bool = False
    whole: tuple[UUID, ...] = ()


def widened(query: Query, look: relevance.Look, below: str, also: Sequence[UUID]) -> Widened:
    """`also` these products, and rows with every term, or where those are few with most of the terms, or with any.

    Few and many without the filters: else each filter would bring in what it should leave out, or change the order.
    """
    terms = len(look.terms)
    number, few = 0, None
    for least in relevance.leasts(terms):
        asked = look.all_() if least == terms else look.most(least)
        found = conditions(query, asked, below, look.codes, also)
        number = _count(" AND ".join(found.scope), found.scope_params, MANY)
        if number >= (FEW if least == terms else 1):
            break
        few = found if number else few
    if number < MANY or look.extra:  # titles do not tell whether there is a phrase, or what must not be there
        return Widened(found, least == terms)
    return Widened(found, least == terms, is_many=True, whole=_products(few) if few else ())


def _products(found: Conditions) -> tuple[UUID, ...]:
    """Of the scope, filters aside, which must be few."""
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(f"SELECT product_id FROM catalog_listing WHERE {' AND '.join(found.scope)}", found.scope_params)
        return tuple(row[0] for row in cursor.fetchall())


def _count(where: str, params: Sequence[Any], most: int) -> int:
    """How many rows there are, at most so many."""
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM ({facets.first(most, where)}) AS rows", params)
        return int(cursor.fetchone()[0])


def _hits(query: Query, found: Conditions, order: str, order_params: Sequence[Any]) -> list[Hit]:
    where, params = found.where()
    sql = f"SELECT {_COLUMNS} FROM catalog_listing WHERE {where} ORDER BY {order}, product_id DESC LIMIT %s OFFSET %s"
    return _read(sql, [*params, *order_params, query.limit, query.offset])


def _read(sql: str, params: Sequence[Any]) -> list[Hit]:
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(sql, params)
        return worded.hits([Hit(*(*row[:-1], json.loads(row[-1]))) for row in cursor.fetchall()])


def listings(*, currency: str, order: str, top: int, is_buyable: bool = True) -> list[Hit]:
    """The `top` listings by one of the sorts, for the home page and pages that found nothing."""
    sql = (
        f"SELECT {_COLUMNS} FROM catalog_listing WHERE currency = %s AND price_list = 'default' "
        f"AND is_buyable = %s ORDER BY is_buyable DESC, {_SORTS[order]}, product_id DESC LIMIT %s"
    )
    return _read(sql, [currency, is_buyable, top])


def titled(asked: str, *, currency: str, top: int, is_many: bool, in_tags: bool = False) -> list[Hit]:
    """The `top` most popular listings whose name, brand and categories (and tags, if so asked) meet tsquery `asked`.
    `is_many`: too many to be sorted all.
    """
    found = "currency = %s AND price_list = 'default' AND title @@ to_tsquery('shop', %s)"
    named = f"ts_filter(title, '{{a,b,c{',d' if in_tags else ''}}}') @@ to_tsquery('shop', %s)"
    order = "is_buyable DESC, popularity DESC, product_id DESC"
    rows = f"SELECT * FROM catalog_listing WHERE {found} AND {named}"
    if not is_many:  # kept apart from the order: else the planner would walk the index of that
        rows = f"{rows} OFFSET 0"
    sql = f"SELECT {_COLUMNS} FROM ({rows}) AS listing ORDER BY {order} LIMIT %s"
    return _read(sql, [currency, asked, asked, top])
