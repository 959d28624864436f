"""The engine for shops with an Elasticsearch: finds and counts what the embedded one does, on another machine.

What a shopper's words mean is understood before (spelling and word use are PostgreSQL's); a search asks Elasticsearch
once or twice, and once more for the attributes' counts where those are not cached.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import OperationalError
from django.utils.translation import get_language

from catalog.products import tree
from catalog.search import counting, documents, facets, intent, relevance, scoring, worded, wording
from catalog.search.curations import Curated
from catalog.search.engine import EngineDown, Hit, Results
from catalog.search.postgres import FEW, MANY
from catalog.search.query import Query
from catalog.search.scoring import Clause
from catalog.search.wording import Asked
from shop.core import cache
from shop.resilience import breaker

CIRCUIT = "search"
_SHOWN = (
    "product_id", "external_id", "name", "slug", "brand_name", "brand_slug", "category_path", "price_minor",
    "regular_minor", "shown_currency", "has_range", "is_sellable", "is_in_stock", "rating_average", "rating_count",
    "card",
)  # fmt: skip
_SORTS: Mapping[str, Clause] = {
    "price": {"price_minor": {"order": "asc", "missing": "_last"}},
    "-price": {"price_minor": {"order": "desc", "missing": "_last"}},
    "rating": {"rating_average": "desc"},
    "newest": {"released_at": {"order": "desc", "missing": "_last"}},
    "relevance": {"popularity": "desc"},
}
_Search = Callable[[Sequence[Clause]], list[Any]]


@dataclass(frozen=True)
class Scope:
    """What every document must meet, and the filters by facet, which facets lift one by one."""

    clauses: tuple[Clause, ...]
    filters: Mapping[str, Clause] = field(default_factory=dict)
    category: str = ""  # materialised path
    has_words: bool = False

    def body(self) -> Clause:
        return {"bool": {"filter": list(self.clauses)}}

    def filtered(self) -> list[Clause]:
        return [*self.clauses, *self.filters.values()]


class ElasticsearchEngine:
    """The `SearchEngine` that may be there. Behind a circuit breaker; all that a search asks has one deadline."""

    def search(self, query: Query, *, with_facets: bool = True) -> Results:
        node = tree.tree().at(query.category) if query.category else None
        if query.category and node is None:
            return Results((), 0, ())
        try:
            asked = wording.understood(query) if query.text else None
        except OperationalError as error:
            raise EngineDown("PostgreSQL does not answer") from error
        if asked and asked.meaning.is_empty:
            return Results((), 0, ())
        below = node.path if node else ""
        try:
            answers = partial(_search, query, asked, below, with_facets, _searches())
            results = breaker.call(CIRCUIT, (EngineDown,), answers)
        except breaker.Open as error:
            raise EngineDown("too many searches failed a moment ago") from error
        if asked is None:
            return results
        return replace(results, **asked.told())


def _search(query: Query, asked: Asked | None, below: str, with_facets: bool, ask: _Search) -> Results:
    scope = _scope(query, below)
    body: Clause = {"query": {"bool": {"filter": scope.filtered()}}}
    order: list[Clause] = [{"is_buyable": "desc"}, _SORTS[query.sort]]
    if asked is not None:
        least, is_many = _least(scope, asked, ask)
        scope = replace(scope, clauses=(*scope.clauses, scoring.found(asked, least)), has_words=True)
        body = {"query": {"bool": {"filter": scope.filtered()}}}
        if query.sort == "relevance":
            wanted = intent.categories(asked.meaning)
            scored = scoring.scored(asked, least, wanted, wording.weights(), is_many=is_many)
            among = scope.filtered()
            if is_many and asked.curated == Curated():
                among = _first_ones(query, scope, asked, least, ask)
            body = {"query": {"bool": {"must": [scored], "filter": among}}}
            order = [scoring.place(asked), {"_score": "desc"}]
    body |= {"sort": [*order, {"product_id": "desc"}], "from": query.offset, "size": query.limit}
    body["_source"] = list(_SHOWN)
    hits, counted = _ask(query, scope, body, with_facets, ask)
    return Results(worded.hits([_hit(hit) for hit in hits]) or (), counted.total, counted.facets)


def _ask(
    query: Query, scope: Scope, body: Clause, with_facets: bool, ask: _Search
) -> tuple[Sequence[Any], facets.Counted]:
    """The page's hits, and the counts, from the cache where they are there."""
    if not with_facets:
        [answer] = ask([{**body, "track_total_hits": facets.COUNTED}])
        total = min(answer["hits"]["total"]["value"], facets.COUNTED)
        return answer["hits"]["hits"], facets.Counted(total, ())
    version = cache.LISTINGS.get() or "0"
    asked = ("elasticsearch", scope, query.brands, query.currency, query.edges, get_language())
    known = hashlib.sha256(repr(asked).encode()).hexdigest()
    counted: facets.Counted | None = cache.FACETS.get(version, known)
    if counted is not None:
        page = {**body, "track_total_hits": False}
        return ask([page])[0]["hits"]["hits"] if counted.total > query.offset else (), counted
    has_attributes = bool(scope.category or scope.has_words or any(name.startswith("attr.") for name in scope.filters))
    counts = counting.request(query, scope.filters, scope.category, with_attributes=has_attributes)
    answer, numbers = ask([{**body, "track_total_hits": facets.COUNTED}, _counting(scope, counts)])
    is_sampled = numbers.get("terminated_early", False)
    total = min(answer["hits"]["total"]["value"], facets.DEEP if is_sampled else facets.COUNTED)
    rows = counting.rows(numbers["aggregations"], query) | {"total": [("", "", total)]}
    codes = counting.worth(numbers["aggregations"], scope.filters) if has_attributes else []
    if codes:
        [more] = ask([_counting(scope, counting.attribute_request(codes, scope.filters))])
        rows |= counting.attribute_rows(more["aggregations"])
    counted = facets.counted(rows, query, is_sampled=is_sampled)
    cache.FACETS.set(counted, version, known)
    return answer["hits"]["hits"], counted


def _counting(scope: Scope, aggregations: Clause) -> Clause:
    """Of so many documents; where there are more, counts say "at least"."""
    body = {"query": scope.body(), "aggs": aggregations, "size": 0, "track_total_hits": False}
    return {**body, "terminate_after": facets.SAMPLED}


def _least(scope: Scope, asked: Asked, ask: _Search) -> tuple[int, bool]:
    """How many of the terms must be there: all, or fewer where too few documents of the scope have all; and whether
    they are very many then.
    """
    leasts = relevance.leasts(len(asked.meaning.terms))
    bodies = [_number([*scope.clauses, scoring.found(asked, least)], MANY) for least in leasts]
    numbers = [answer["hits"]["total"]["value"] for answer in ask(bodies)]
    needed = [FEW, *(1 for _ in leasts[1:-1])]
    least, number = next(
        ((least, number) for least, number, enough in zip(leasts, numbers, needed, strict=False) if number >= enough),
        (leasts[-1], numbers[-1]),
    )
    return least, number >= MANY and not (asked.meaning.phrases or asked.meaning.without)


def _first_ones(query: Query, scope: Scope, asked: Asked, least: int, ask: _Search) -> list[Clause]:
    """What is looked among: only what comes first anyway if that fills the page, else all."""
    among = [*scope.filtered(), scoring.among_first(asked, least)]
    wanted = query.offset + query.limit
    [answer] = ask([_number(among, wanted)])
    return among if answer["hits"]["total"]["value"] >= wanted else scope.filtered()


def _number(clauses: Sequence[Clause], most: int) -> Clause:
    """How many documents there are, at least up to so many."""
    return {"query": {"bool": {"filter": list(clauses)}}, "size": 0, "track_total_hits": most}


def _scope(query: Query, below: str) -> Scope:
    clauses: list[Clause] = [{"term": {"currency": query.currency}}, {"term": {"price_list": query.price_list}}]
    if below:
        clauses.append({"term": {"category_paths": below}})
    filters: dict[str, Clause] = {}
    if query.brands:
        filters["brand"] = {"terms": {"brand_slug": list(query.brands)}}
    prices = {"gte": query.price_min, "lte": query.price_max}
    given = {name: value for name, value in prices.items() if value is not None}
    if given:
        filters["price"] = {"range": {"price_minor": given}}
    if query.rating:
        filters["rating"] = {"range": {"rating_average": {"gte": query.rating}}}
    if query.in_stock:
        filters["availability"] = {"term": {"is_buyable": True}}
    for code, values in query.attributes:
        filters[f"attr.{code}"] = {"terms": {"attributes": [f"{code}={value}" for value in values]}}
    return Scope(tuple(clauses), filters, below)


def _searches() -> _Search:
    """Asks several searches at once. Raises `EngineDown` when the time for all of them is over."""
    ends = time.monotonic() + settings.ELASTICSEARCH_TIMEOUT_SECONDS

    def ask(bodies: Sequence[Clause]) -> list[Any]:
        seconds = ends - time.monotonic()
        if seconds <= 0:
            raise EngineDown("it takes too long")
        lines = [line for body in bodies for line in ({"index": documents.alias()}, body)]
        with documents.asking():
            answers = documents.client().options(request_timeout=seconds).msearch(searches=lines)["responses"]
        for answer in answers:
            if "error" in answer or answer["_shards"]["failed"] or answer["timed_out"]:
                raise EngineDown(str(answer.get("error", "not all shards answered"))[:300])
        return list(answers)

    return ask


def _hit(found: Mapping[str, Any]) -> Hit:
    source = found["_source"]
    return Hit(UUID(source["product_id"]), *(source[name] for name in _SHOWN[1:]))
