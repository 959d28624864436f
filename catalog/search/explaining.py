# ruff: noqa: S608  (statements are put together from constants; every value is a parameter)
"""Why results stand in the order in which PostgreSQL puts them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections

from catalog.search import intent, postgres, relevance, wording
from catalog.search.query import Query
from catalog.search.wording import Asked
from shop.core import db

TOP = 20


@dataclass(frozen=True)
class Reasons:
    """What one product's score is made of: (sum of `terms`) × `share` × `category` × `general` + `code` = `total`."""

    slug: str
    name: str
    is_buyable: bool
    is_pinned: bool
    is_buried: bool
    terms: tuple[float, ...]
    share: float
    category: float
    general: float
    code: float
    total: float


@dataclass(frozen=True)
class Explained:
    """How a search was understood, and the first results with their reasons."""

    asked: Asked
    terms: tuple[str, ...]
    categories: tuple[str, ...]  # materialised paths
    rows: tuple[Reasons, ...]


def explain(query: Query) -> Explained:
    """The first twenty results of a search by relevance, and why they stand so. At most nine queries."""
    asked = wording.understood(query)
    terms = tuple(" / ".join(" ".join(form) for form in term.forms) for term in asked.meaning.terms)
    if asked.meaning.is_empty:
        return Explained(asked, terms, (), ())
    look = relevance.look(asked.meaning, asked.known)
    wide = postgres.widened(query, look, "", asked.also)
    wanted = intent.categories(asked.meaning)
    score = relevance.score(look, wanted, wording.weights(), is_all=wide.is_all, is_many=wide.is_many)
    parts = (*score.terms, score.share, score.category, score.general, score.code, score.total())
    columns = ", ".join(f"({part.sql})::float8" for part in parts)
    where, params = wide.found.where()
    order, order_params = postgres.by_score(asked, look, score.total(), wide)
    sql = (
        f"SELECT slug, name, is_buyable, product_id = ANY(%s::uuid[]), product_id = ANY(%s::uuid[]), {columns} "
        f"FROM catalog_listing WHERE {where} ORDER BY {order}, product_id DESC LIMIT {TOP}"
    )
    chosen = [list(asked.curated.pinned), list(asked.curated.buried)]
    values = [value for part in parts for value in part.params]
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(sql, [*chosen, *values, *params, *order_params])
        rows = [_reasons(row) for row in cursor.fetchall()]
    return Explained(asked, terms, tuple(one.path for one in wanted), tuple(rows))


def _reasons(row: Sequence[Any]) -> Reasons:
    slug, name, is_buyable, is_pinned, is_buried, *numbers = row
    *terms, share, category, general, code, total = numbers
    return Reasons(slug, name, is_buyable, is_pinned, is_buried, tuple(terms), share, category, general, code, total)
