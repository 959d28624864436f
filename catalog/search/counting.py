"""Counts for the filters of a list by Elasticsearch, the same as `facets` counts in SQL.

Each facet is counted with all filters but its own. Which attributes are worth a facet is decided by a sample of the
results; their values are counted by a second request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from catalog.products.models import Category
from catalog.search import facets
from catalog.search.facets import Rows
from catalog.search.query import RATINGS, Query
from catalog.search.scoring import Clause

_MOST = 10_000  # values of one attribute
_SETS = 10_000


def request(query: Query, filters: Mapping[str, Clause], category: str, *, with_attributes: bool) -> Clause:
    """The aggregations of all facets but attributes; with those, of the sample that says which ones are worth it."""

    def under(name: str, counts: Clause) -> Clause:
        return _under(filters, name, counts)

    depth = len(category) + Category.steplen
    below = {
        "field": "category_paths",
        "include": f"{category}.{{{Category.steplen}}}",
        "size": facets.TOP + Category.steplen,
        "order": [{"_count": "desc"}, {"_key": "asc"}],
    }
    brands = {"field": "brand", "size": facets.TOP, "order": [{"_count": "desc"}, {"_key": "asc"}]}
    edges = [low for low, _high in query.bands]
    prices = [
        {"key": str(number), **({} if edge is None else {"from": edge}), **({} if next_ is None else {"to": next_})}
        for number, (edge, next_) in enumerate(zip(edges, [*edges[1:], None], strict=True))
    ]
    stars = [
        {"key": str(number), "from": number, **({} if number == RATINGS[0] else {"to": number + 1})}
        for number in sorted(RATINGS)
    ]
    asked = {
        "category": under("", {"terms": below}) if depth <= 255 else None,
        "brand": under("brand", {"terms": brands}),
        "price": under("price", {"range": {"field": "price_minor", "ranges": prices, "keyed": False}}),
        "rating": under("rating", {"range": {"field": "rating_average", "ranges": stars}}),
        "availability": under("availability", {"filter": {"term": {"is_buyable": True}}}),
    }
    for number, slug in enumerate(query.brands):
        of = {"filter": {"term": {"brand_slug": slug}}, "aggs": {"named": {"terms": {"field": "brand", "size": 1}}}}
        asked[f"brand {number}"] = under("brand", of)
    if with_attributes:
        sets = {"terms": {"field": "attribute_sets", "size": _SETS}}
        sample = {"sampler": {"shard_size": facets.SAMPLE}, "aggs": {"sets": sets}}
        asked["sample"] = under("", sample)
    return {name: counts for name, counts in asked.items() if counts}


def rows(answer: Mapping[str, Any], query: Query) -> Rows:
    """The answer to `request` as rows of (value, label, count)."""
    found: Rows = {}
    found["category"] = [(bucket["key"], "", bucket["doc_count"]) for bucket in _buckets(answer, "category")]
    found["brand"] = _brands(answer, query)
    for name in ("price", "rating"):
        found[name] = [(bucket["key"], "", bucket["doc_count"]) for bucket in _buckets(answer, name)]
    found["availability"] = [("1", "", _of(answer, "availability")["doc_count"])]
    return found


def _brands(answer: Mapping[str, Any], query: Query) -> list[tuple[str, str, int]]:
    """Those chosen, however few have them, then those that most have."""
    chosen = [
        (slug, *_label(_of(answer, f"brand {number}")["named"]["buckets"]), _of(answer, f"brand {number}")["doc_count"])
        for number, slug in enumerate(query.brands)
    ]
    shown = [row for row in chosen if row[2]]
    for bucket in _buckets(answer, "brand"):
        slug, _mark, name = bucket["key"].partition("=")
        if slug not in query.brands:
            shown.append((slug, name, bucket["doc_count"]))
    return shown[: facets.TOP]


def _label(buckets: Sequence[Mapping[str, Any]]) -> tuple[str]:
    return (buckets[0]["key"].partition("=")[2] if buckets else "",)


def worth(answer: Mapping[str, Any], filters: Mapping[str, Clause]) -> list[str]:
    """The codes of the attributes to count: those that enough of the sample have, with a choice, and those chosen."""
    sample = _of(answer, "sample")
    values: dict[str, list[int]] = {}
    for bucket in sample["sets"]["buckets"]:
        values.setdefault(bucket["key"].partition("=")[0], []).append(bucket["doc_count"])
    chosen = [name.removeprefix("attr.") for name in filters if name.startswith("attr.")]
    often = {
        code: sum(counts)
        for code, counts in values.items()
        if 2 <= len(counts) <= facets.MAX_ATTRIBUTE_VALUES and sum(counts) * 5 >= sample["doc_count"]
    }
    first = sorted(often, key=lambda code: (code not in chosen, -often[code], code))[: facets.MAX_ATTRIBUTE_FACETS]
    return list(dict.fromkeys([*first, *chosen]))


def attribute_request(codes: Iterable[str], filters: Mapping[str, Clause]) -> Clause:
    """The aggregations that count the values of these attributes."""
    return {
        f"attr.{code}": _under(
            filters,
            f"attr.{code}",
            {"terms": {"field": "attributes", "include": f"{re.escape(code)}=.*", "size": _MOST}},
        )
        for code in codes
    }


def attribute_rows(answer: Mapping[str, Any]) -> Rows:
    """The answer to `attribute_request` as rows."""
    found: Rows = {}
    for name in answer:
        counts = [(bucket["key"].partition("=")[2], "", bucket["doc_count"]) for bucket in _buckets(answer, name)]
        if counts:
            found[name] = counts
    return found


def _under(filters: Mapping[str, Clause], name: str, counts: Clause) -> Clause:
    """`counts` among what meets all filters but that of facet `name`."""
    others = [clause for facet, clause in filters.items() if facet != name]
    return {"filter": {"bool": {"filter": others}}, "aggs": {"of": counts}} if others else counts


def _of(answer: Mapping[str, Any], name: str) -> Any:
    return answer[name].get("of", answer[name])


def _buckets(answer: Mapping[str, Any], name: str) -> list[Any]:
    return [bucket for bucket in _of(answer, name)["buckets"] if bucket["doc_count"]] if name in answer else []
