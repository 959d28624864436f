# ruff: noqa: S608  (statements are put together from constants of this file; every value is a parameter)
"""Counts for the filters of a list, right under multiple choice: each facet is counted with all filters but its own.

One statement reads the rows of the scope once; a row counts for a facet if it meets every filter, or misses only that
facet's own. Of more than `SAMPLED` rows some are counted. The answer is cached for two minutes under a key that
changes with the index.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.db import connections
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from catalog.products import tree
from catalog.products.models import Attribute, Category
from catalog.products.page import shown_value
from catalog.search import worded
from catalog.search.engine import Count, Facet
from catalog.search.query import BANDS, RATINGS, Query
from shop.core import cache, db, formats
from shop.core.money import Money

if TYPE_CHECKING:
    from catalog.search.postgres import Conditions

TOP = 20  # brands and categories shown
MAX_ATTRIBUTE_FACETS, MAX_ATTRIBUTE_VALUES = 6, 20
COUNTED = 50_000  # results; beyond that the total says "at least"
SAMPLED = 20_000  # rows of which facets are counted; beyond that their counts say "at least"
DEEP = 10_000  # results of a sampled list that can be leafed through: nobody does
SAMPLE = 400  # rows that decide which attributes are worth a facet
_LABELS = {
    "category": gettext_noop("Category"),
    "brand": gettext_noop("Brand"),
    "price": gettext_noop("Price"),
    "rating": gettext_noop("Rating"),
    "availability": gettext_noop("Availability"),
}


Rows = dict[str, list[tuple[str, str, int]]]


@dataclass(frozen=True)
class Counted:
    """How many rows meet everything, and the facets."""

    total: int
    facets: tuple[Facet, ...]


def count(query: Query, found: Conditions) -> Counted:
    """Total and facets of a query, from the cache or by at most two statements."""
    version = cache.LISTINGS.get() or "0"
    asked = replace(query, page=1, limit=1, sort="relevance", text="")
    digest = hashlib.sha256(repr((asked, found, get_language())).encode()).hexdigest()  # also pins and article codes
    return cache.FACETS.get_or(lambda: _count(query, found), version, digest)


def total(query: Query, found: Conditions, most: int = 0) -> Counted:
    """Only how many rows meet everything, at most so many (else `COUNTED`); cached like the facets."""
    most = most or COUNTED
    where, params = found.where()
    version = cache.LISTINGS.get() or "0"
    digest = hashlib.sha256(repr((where, params, most)).encode()).hexdigest()

    def make() -> Counted:
        with connections[db.CATALOG].cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM ({first(most, where)}) AS rows", params)
            return Counted(cursor.fetchone()[0], ())

    return cache.FACETS.get_or(make, "total", version, digest)


def _count(query: Query, found: Conditions) -> Counted:
    sql, params = _statement(query, found)
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(sql, params)
        rows = cursor.fetchall()
    by_name: Rows = {}
    for name, value, label, number in rows:
        by_name.setdefault(name, []).append((value, label or "", number))
    [[_value, _label, seen]] = by_name["seen"]
    if seen < SAMPLED:
        return counted(by_name, query)
    by_name["total"] = [("", "", total(query, found, DEEP).total)]
    return counted(by_name, query, is_sampled=True)


def counted(by_name: Rows, query: Query, *, is_sampled: bool = False) -> Counted:
    """What an engine counted as (value, label, count) rows by facet, and the one row of "total", as people read it.

    Values: materialised paths for category, slugs for brand with their names as labels, the number of the band for
    price, whole stars for rating, and what the attribute says for attr.<code>. At most two queries.
    """
    built = [
        _category(by_name.get("category", [])),
        _brand(by_name.get("brand", [])),
        _price(by_name.get("price", []), query),
        _rating(by_name.get("rating", [])),
        _availability(by_name.get("availability", [])),
        *_attributes({name: rows for name, rows in by_name.items() if name.startswith("attr.")}),
    ]
    shown = tuple(replace(facet, is_sampled=is_sampled) for facet in built if facet.counts)
    return Counted(by_name["total"][0][2], worded.facets(shown))


# --- The statement


def first(most: int, where: str, columns: str = "") -> str:
    """SQL of `columns` of so many rows that meet `where`, whichever they are.

    Numbered, not limited: for a limit the planner would read documents row by row, of which it does not know that they
    are stored elsewhere, instead of asking the index.
    """
    numbered = f"SELECT {columns or 'true'}, row_number() OVER () AS place FROM catalog_listing WHERE {where}"
    return f"SELECT * FROM ({numbered}) AS numbered WHERE place <= {most}"


def _statement(query: Query, found: Conditions) -> tuple[str, list[Any]]:
    """SQL that returns (facet, value, label, count) rows, and its parameters.

    Rows that are alike for all facets are counted together first: those are few, and each facet reads only them.
    """
    names = list(found.filters)
    marks = [f"COALESCE(({sql}), false) AS f{i}" for i, (sql, _) in enumerate(found.filters.values())]
    mark_params = [value for _, values in found.filters.values() for value in values]
    has_attributes = bool(found.category or found.tsquery or any(name.startswith("attr.") for name in names))
    edges = [low for low, _high in query.bands if low is not None]
    depth, step = len(found.category) + Category.steplen, Category.steplen
    columns = {
        "category": f"CASE WHEN length(category_path) >= {depth} THEN left(category_path, {depth}) END",
        "brand_slug": "brand_slug",
        "band": "width_bucket(price_minor, %s::bigint[])",
        "stars": "CASE WHEN rating_average > 0 THEN floor(rating_average)::int END",
        "is_buyable": "is_buyable",
    }
    inner = [
        *(f"{sql} AS {name}" for name, sql in columns.items()),
        *(["attributes"] if has_attributes else []),
        *marks,
    ]
    # As booleans: of a comparison the planner would think that hardly any row passes, and sort instead of hash.
    misses = " + ".join(f"(NOT f{i})::int" for i in range(len(names))) or "0"
    met = {"is_in": f"{misses} = 0"} | {f"o{i}": f"{misses} = 1 AND NOT f{i}" for i in range(len(names))}
    alike = ", ".join([*columns, *met])
    parts = [
        "SELECT 'seen', '', '', COALESCE(sum(rows), 0)::bigint FROM matched",
        "SELECT 'total', '', '', COALESCE(sum(rows), 0)::bigint FROM matched WHERE is_in",
        "(SELECT 'category', category, '', sum(rows)::bigint FROM matched WHERE category IS NOT NULL AND is_in "
        f"GROUP BY category ORDER BY 4 DESC, 2 LIMIT {TOP + step})",
        "SELECT 'brand', brand, (SELECT brand_name FROM catalog_listing WHERE brand_slug = brand LIMIT 1), rows FROM "
        "(SELECT brand_slug AS brand, sum(rows)::bigint AS rows FROM matched "
        f"WHERE brand_slug <> '' AND {_open(names, 'brand')} GROUP BY brand_slug "
        f"ORDER BY (brand_slug = ANY(%s)) DESC, 2 DESC, 1 LIMIT {TOP}) AS brands",
        "SELECT 'price', band::text, '', sum(rows)::bigint FROM matched "
        f"WHERE band IS NOT NULL AND {_open(names, 'price')} GROUP BY band",
        "SELECT 'rating', stars::text, '', sum(rows)::bigint FROM matched "
        f"WHERE stars IS NOT NULL AND {_open(names, 'rating')} GROUP BY stars",
        "SELECT 'availability', '1', '', sum(rows)::bigint FROM matched "
        f"WHERE is_buyable AND {_open(names, 'availability')} HAVING count(*) > 0",
    ]
    part_params: list[Any] = [list(query.brands)]
    with_sql = ""
    if has_attributes:
        attribute_sql, attribute_params, with_sql, with_params = _attribute_parts(names)
        parts.append(attribute_sql)
        part_params = with_params + part_params + attribute_params
    sql = (
        f"WITH scope AS ({first(SAMPLED, ' AND '.join(found.scope), ', '.join(inner))}), "
        f"seen AS (SELECT *, {', '.join(f'{sql} AS {name}' for name, sql in met.items())} FROM scope), "
        f"matched AS MATERIALIZED (SELECT {alike}, count(*) AS rows FROM seen GROUP BY {alike})"
        f"{with_sql} {' UNION ALL '.join(parts)}"
    )
    return sql, [edges, *mark_params, *found.scope_params, *part_params]


def _open(names: Sequence[str], name: str) -> str:
    """The condition for rows that count for facet `name`."""
    return f"(is_in OR o{names.index(name)})" if name in names else "is_in"


def _attribute_parts(names: Sequence[str]) -> tuple[str, list[Any], str, list[Any]]:
    """(counting SELECT, its parameters, the WITH part that chooses attributes, its parameters)."""
    chosen = [name.removeprefix("attr.") for name in names if name.startswith("attr.")]
    with_sql = (
        f", sample AS (SELECT attributes FROM seen WHERE is_in LIMIT {SAMPLE}), "
        "codes AS MATERIALIZED (SELECT key, count(*) AS often FROM sample, jsonb_each(attributes) GROUP BY key "
        f"HAVING count(DISTINCT value) BETWEEN 2 AND {MAX_ATTRIBUTE_VALUES} "
        "AND count(*) * 5 >= (SELECT count(*) FROM sample) "
        f"ORDER BY (key = ANY(%s)) DESC, often DESC, key LIMIT {MAX_ATTRIBUTE_FACETS}), "
        "wanted AS MATERIALIZED (SELECT key FROM codes UNION SELECT unnest(%s::text[]))"
    )
    lifted = " ".join(f"WHEN %s THEN is_in OR o{i}" for i, name in enumerate(names) if name.startswith("attr."))
    open_ = f"CASE wanted.key {lifted} ELSE is_in END" if lifted else "is_in"
    sql = (
        "SELECT 'attr.' || code, value, '', sum(rows)::bigint FROM "
        "(SELECT wanted.key AS code, attributes -> wanted.key AS values, count(*) AS rows "
        f"FROM seen JOIN wanted ON attributes ? wanted.key WHERE {open_} GROUP BY 1, 2) AS alike "
        "CROSS JOIN LATERAL jsonb_array_elements_text(values) AS value GROUP BY 1, 2"
    )
    return sql, chosen, with_sql, [chosen, chosen]


# --- The rows as facets


def _facet(name: str, counts: Iterable[Count], label: str = "") -> Facet:
    return Facet(name, label or _(_LABELS[name]), tuple(counts))


def _category(rows: Sequence[tuple[str, str, int]]) -> Facet:
    by_path = tree.tree().by_path
    known = [(by_path[value], number) for value, _label, number in rows if value in by_path]
    known.sort(key=lambda row: (-row[1], row[0].name))
    return _facet("category", (Count(node.url_path, node.name, number) for node, number in known[:TOP]))


def _brand(rows: Sequence[tuple[str, str, int]]) -> Facet:
    return _facet("brand", (Count(*row) for row in sorted(rows, key=lambda row: (-row[2], row[1].casefold()))))


def _price(rows: Sequence[tuple[str, str, int]], query: Query) -> Facet:
    numbers, labels = {int(value): number for value, _label, number in rows}, band_labels(query)
    counts = []
    for index, value in enumerate(labels):
        if numbers.get(index):
            counts.append(Count(value, labels[value], numbers[index]))
    return _facet("price", counts)


def band_labels(query: Query) -> dict[str, str]:
    """The price bands as people read them in the query's currency, by their values."""
    values = [f"{low or ''}-{high or ''}" for low, high in BANDS]
    labels = [_band_label(least, most, query.currency) for least, most in query.bands]
    return dict(zip(values, labels, strict=True))


def _band_label(least: int | None, most: int | None, currency: str) -> str:
    if least is None and most is not None:
        return _("Up to %(amount)s") % {"amount": formats.money(Money(most, currency))}
    if most is None and least is not None:
        return _("%(amount)s and more") % {"amount": formats.money(Money(least, currency))}
    return f"{formats.money(Money(least or 0, currency))} – {formats.money(Money(most or 0, currency))}"


def _rating(rows: Sequence[tuple[str, str, int]]) -> Facet:
    numbers = {int(value): number for value, _label, number in rows}
    totals = [(stars, sum(number for value, number in numbers.items() if value >= stars)) for stars in RATINGS]
    return _facet(
        "rating",
        (Count(str(stars), _("%(stars)s and up") % {"stars": stars}, number) for stars, number in totals if number),
    )


def _availability(rows: Sequence[tuple[str, str, int]]) -> Facet:
    return _facet("availability", (Count("1", _("In stock"), number) for _value, _label, number in rows if number))


def _attributes(by_name: dict[str, list[tuple[str, str, int]]]) -> list[Facet]:
    """The attribute facets, most frequent first, with the merchant's names for codes and units."""
    if not by_name:
        return []
    codes = [name.removeprefix("attr.") for name in by_name]
    known: dict[str, Attribute] = {}
    for row in (
        Attribute.objects.filter(code__in=codes, is_filterable=True).distinct("code").order_by("code", "position")
    ):
        known[row.code] = row
    built = []
    for name, rows in sorted(by_name.items(), key=lambda item: -sum(row[2] for row in item[1])):
        attribute = known.get(name.removeprefix("attr."))
        if attribute is not None:
            counts = [Count(value, _value_label(value, attribute), number) for value, _label, number in rows]
            counts.sort(key=lambda row: _natural(row.value) if attribute.kind == "number" else (-row.count, row.label))
            built.append(_facet(name, counts, attribute.name))
    return built


def _value_label(value: str, attribute: Attribute) -> str:
    if attribute.kind == Attribute.Kind.BOOLEAN:
        return shown_value(value == "true")
    return shown_value(value, attribute.unit)


def _natural(value: str) -> tuple[float, str]:
    try:
        return float(value), value
    except ValueError:
        return float("inf"), value
