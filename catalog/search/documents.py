"""The index of the Elasticsearch engine: what its documents hold, and how they get there.

A document is a copy of a listing, made in SQL, under the listing's version: Elasticsearch itself refuses what is older
than what it has. The words are those that PostgreSQL searches; here they are only stemmed.

`alias()` names the index that answers, `alias(NEXT)` one that is being built beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections
from django_elasticsearch_dsl import Document, fields
from elastic_transport import TransportError
from elasticsearch import ApiError, Elasticsearch, NotFoundError
from elasticsearch.dsl import MetaField, analyzer, token_filter

from catalog.search import rules
from catalog.search.engine import EngineDown
from catalog.search.models import Listing
from shop.core import db

NEXT = "-next"
DEEPEST = 101_000  # results: the last page that can be asked for, and the one that API clients can ask for
_PATIENCE = 30  # seconds for what no shopper waits for

_numbers = token_filter("shop_numbers", type="keyword_marker", keywords_pattern=".*[0-9].*")  # PostgreSQL keeps them
_stem = token_filter("shop_stem", type="stemmer", language="porter2")
_stop = token_filter("shop_stop", type="stop", stopwords=sorted(rules.STOP))
_words = analyzer("shop", type="custom", tokenizer="whitespace", filter=[_numbers, _stem])
_prose = analyzer("shop_prose", type="custom", tokenizer="whitespace", filter=[_stop, _numbers, _stem])


def _text(**options: Any) -> Any:
    return fields.TextField(analyzer=_words, norms=False, **options)


class ListingDocument(Document):
    """What Elasticsearch searches, filters, sorts and counts by. What is only shown is in the source."""

    product_id = fields.KeywordField()
    currency = fields.KeywordField()
    price_list = fields.KeywordField()
    category_paths = fields.KeywordField()  # of the category and those above it
    brand_slug = fields.KeywordField()
    brand = fields.KeywordField()  # "slug=Name"
    price_minor = fields.LongField()
    is_buyable = fields.BooleanField()
    rating_average = fields.DoubleField()
    rating_count = fields.IntegerField()
    popularity = fields.DoubleField()
    released_at = fields.LongField()  # microseconds of Unix time
    attributes = fields.KeywordField()  # "code=value"
    attribute_sets = fields.KeywordField()  # "code=[all of its values]"
    codes = fields.KeywordField()
    words = _text()  # of name, brand, category, tags and article numbers
    name_words = _text(index_options="docs")
    brand_words = _text(index_options="docs")
    category_words = _text(index_options="docs")
    prose = fields.TextField(analyzer=_prose, search_analyzer=_words, norms=False)

    class Django:
        model = Listing
        ignore_signals = True

    class Meta:
        dynamic = MetaField(False)
        source = MetaField(excludes=["words", "*_words", "prose"])

    class Index:
        name = "listings"
        settings = {
            "number_of_shards": 1,  # facets count exactly
            "number_of_replicas": 0,  # while it is built
            "refresh_interval": -1,
            # As lists without words show them: a page of one is read from the top, not found among all.
            "sort.field": ["is_buyable", "popularity", "product_id"],
            "sort.order": ["desc", "desc", "desc"],
            "gc_deletes": "1h",  # how long a late copy of what is gone is known to be late
            "max_result_window": DEEPEST,
        }


# A listing as the source of its document.
_SOURCE = """
    json_build_object(
        'product_id', product_id, 'currency', currency, 'price_list', price_list, 'external_id', external_id,
        'name', name, 'slug', slug, 'brand_name', brand_name, 'brand_slug', brand_slug,
        'brand', CASE WHEN brand_slug <> '' THEN brand_slug || '=' || brand_name END, 'category_path', category_path,
        'category_paths', (SELECT array_agg(left(category_path, stop))
                           FROM generate_series(4, length(category_path), 4) AS stop),
        'price_minor', price_minor, 'regular_minor', regular_minor, 'shown_currency', shown_currency,
        'has_range', has_range, 'is_sellable', is_sellable, 'is_in_stock', is_in_stock, 'is_buyable', is_buyable,
        'rating_average', rating_average, 'rating_count', rating_count, 'popularity', popularity,
        'released_at', (extract(epoch FROM released_at) * 1000000)::bigint, 'codes', codes, 'card', card,
        'attributes', (SELECT array_agg(key || '=' || value)
                       FROM jsonb_each(attributes) AS those(key, its), jsonb_array_elements_text(its) AS value),
        'attribute_sets', (SELECT array_agg(key || '=' || its::text) FROM jsonb_each(attributes) AS those(key, its)),
        'name_words', texts -> 'name', 'brand_words', texts -> 'brand', 'category_words', texts -> 'category',
        'words', concat_ws(' ', texts ->> 'name', texts ->> 'brand', texts ->> 'category', texts ->> 'tags',
                           texts ->> 'numbers'),
        'prose', texts -> 'prose'
    )::text
"""
_KEY = "product_id || ':' || currency || ':' || price_list"


@dataclass(frozen=True)
class Copy:
    """A document to be written, or removed where there is no source."""

    key: str
    version: int
    source: str | None


def of_products(product_ids: Sequence[UUID]) -> list[Copy]:
    """The present listings of these products."""
    return _copies("product_id = ANY(%s)", [list(product_ids)])


def after(product_id: UUID | None, limit: int) -> tuple[list[Copy], UUID | None]:
    """The listings of up to `limit` products behind this one, in the order of products, and the last one's id."""
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT product_id FROM catalog_listing WHERE product_id > %s ORDER BY product_id LIMIT %s",
            [product_id or UUID(int=0), limit],
        )
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return [], None
    return _copies("product_id > %s AND product_id <= %s", [product_id or UUID(int=0), ids[-1]]), ids[-1]


def _copies(condition: str, params: Sequence[Any]) -> list[Copy]:
    sql = f"SELECT {_KEY}, version, {_SOURCE} FROM catalog_listing WHERE {condition}"  # noqa: S608  (constants)
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(sql, params)
        return [Copy(*row) for row in cursor.fetchall()]


# --- Talking to the server


def alias(suffix: str = "") -> str:
    """The name under which an index is searched and written."""
    return f"{settings.ELASTICSEARCH_INDEX}{suffix}"


def client() -> Elasticsearch:
    """The connections of this process; nothing is tried twice. Raises `EngineDown` where the shop has none."""
    if not settings.ELASTICSEARCH_URL:
        raise EngineDown("ELASTICSEARCH_URL is not set")
    return _client(settings.ELASTICSEARCH_URL)


@lru_cache(maxsize=4)
def _client(urls: str) -> Elasticsearch:
    hosts = [url.strip() for url in urls.split(",")]
    return Elasticsearch(hosts, request_timeout=_PATIENCE, max_retries=0, retry_on_timeout=False)


@contextmanager
def asking() -> Iterator[None]:
    """What goes wrong between us and the server is raised as `EngineDown`."""
    try:
        yield
    except (TransportError, ApiError, TypeError, KeyError) as error:  # an answer that was cut reads like an empty one
        raise EngineDown(f"{type(error).__name__}: {str(error)[:300]}") from error


def is_there(suffix: str = "") -> bool:
    """Whether there is such an index. Raises `EngineDown`."""
    with asking():
        return bool(client().indices.exists_alias(name=alias(suffix)))


def create() -> str:
    """A new empty index under the alias of the next one, instead of any that a rebuild has left; returns its name."""
    name = f"{alias()}-{db.uuid7().hex}"
    with asking():
        _remove(alias(NEXT))
        client().indices.create(index=name, **ListingDocument._index.to_dict(), aliases={alias(NEXT): {}})
    return name


def swap(name: str) -> None:
    """Let index `name` answer from now on, and remove the one before it. Raises `EngineDown`, also when the index is
    gone because another rebuild has begun.
    """
    with asking():
        indices = client().indices
        indices.put_settings(index=name, settings={"refresh_interval": "1s", "auto_expand_replicas": "0-1"})
        indices.refresh(index=name)
        before = [one for one in _behind(alias()) if one != name]
        actions: list[dict[str, Any]] = [{"remove_index": {"index": one}} for one in before]
        actions += [{"add": {"index": name, "alias": alias()}}, {"remove": {"index": name, "alias": alias(NEXT)}}]
        indices.update_aliases(actions=actions)
        indices.refresh(index=name)  # again: who sent changes meanwhile has refreshed the one before it


def remove_all() -> None:
    """Remove every index of this shop."""
    with asking():
        for suffix in ("", NEXT):
            _remove(alias(suffix))


def _remove(name: str) -> None:
    for index in _behind(name):
        client().indices.delete(index=index, ignore_unavailable=True)


def _behind(name: str) -> list[str]:
    try:
        return list(client().indices.get_alias(name=name))
    except NotFoundError:
        return []


def refresh() -> None:
    """What was written is found from now on."""
    with asking():
        client().indices.refresh(index=alias())


def versions(after: UUID | None, last: UUID | None) -> dict[str, int]:
    """The version of every document of products behind `after`, up to `last`. Raises `EngineDown`."""
    bounds = {"gt": str(after or UUID(int=0))} | ({"lte": str(last)} if last else {})
    found: dict[str, int] = {}
    position: list[Any] | None = None
    with asking():
        while True:
            answer = client().search(
                index=alias(),
                query={"range": {"product_id": bounds}},
                sort=[{"product_id": "asc"}, {"price_list": "asc"}, {"currency": "asc"}],
                size=10_000,
                source=False,
                version=True,
                search_after=position,
                track_total_hits=False,
            )
            hits = answer["hits"]["hits"]
            found |= {hit["_id"]: hit["_version"] for hit in hits}
            if len(hits) < 10_000:
                return found
            position = hits[-1]["sort"]
