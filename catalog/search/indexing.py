# ruff: noqa: S608  (the statements are put together from this file's columns; every value is a parameter)
"""Writes `Listing` from products, prices, stock and ratings. Everything here may run twice and in any order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction
from django.db.models import Exists, OuterRef

from catalog.bundles import selectors as bundles
from catalog.products.models import Category, ListingPrice, Product, Variant
from catalog.search import changes, locking, rules, vocabulary
from catalog.search.models import Listing, Word
from catalog.search.rows import rows
from shop.core import db
from shop.currencies import selectors as currencies

BATCH = 500

_COLUMNS = {
    "id": "uuid", "product_id": "uuid", "currency": "text", "price_list": "text", "external_id": "text", "name": "text",
    "slug": "text", "brand_name": "text", "brand_slug": "text", "category_path": "text", "price_minor": "bigint",
    "regular_minor": "bigint", "shown_currency": "text", "has_range": "boolean", "is_sellable": "boolean",
    "is_in_stock": "boolean", "rating_average": "numeric", "rating_count": "integer", "popularity": "float8",
    "released_at": "timestamptz", "attributes": "jsonb", "card": "jsonb", "codes": "text[]", "texts": "jsonb",
}  # fmt: skip
_KEY = "product_id, currency, price_list"
_TITLE = {"name": "A", "brand": "B", "category": "C"}
_NEXT = "nextval('catalog_listing_version')"


def _upsert() -> str:
    """One statement for any number of rows, given as one JSON array; what is the same already is not written."""
    taken = ", ".join(_COLUMNS)
    typed = ", ".join(f"{name} {kind}" for name, kind in _COLUMNS.items())
    parts = [f"setweight(to_tsvector('shop', texts ->> '{name}'), '{label}')" for name, label in _TITLE.items()]
    named = " || ".join(parts)
    tags = "to_tsvector('shop', texts ->> 'tags')"
    rest = "to_tsvector('shop', texts ->> 'numbers') || to_tsvector('prose', texts ->> 'prose')"
    said = [name for name in _COLUMNS if name not in {"id", "product_id", "currency", "price_list"}]
    said += ["title", "document"]
    old, new = (", ".join(f"{table}.{name}" for name in said) for table in ("old", "EXCLUDED"))
    return (
        f"INSERT INTO catalog_listing AS old ({taken}, title, document, version, updated_at) "
        f"SELECT {taken}, named || setweight(tags, 'D'), named || setweight(tags, 'C') || {rest}, "
        f"{_NEXT}, statement_timestamp() "
        f"FROM (SELECT *, {named} AS named, {tags} AS tags "
        f"FROM jsonb_to_recordset(%s::jsonb) AS given({typed}) OFFSET 0) AS r "
        f"ON CONFLICT ({_KEY}) DO UPDATE SET "
        + ", ".join(f"{name} = EXCLUDED.{name}" for name in [*said, "version", "updated_at"])
        + f" WHERE ({old}) IS DISTINCT FROM ({new}) RETURNING {_KEY}, version"
    )


_UPSERT = _upsert()
_DELETE = (
    "DELETE FROM catalog_listing AS old WHERE product_id = ANY(%s) AND NOT EXISTS (SELECT FROM "
    "unnest(%s::uuid[], %s::text[]) AS kept(product_id, currency) WHERE kept.product_id = old.product_id "
    f"AND kept.currency = old.currency) RETURNING {_KEY}, {_NEXT} AS version"
)
_SET_STOCK = (
    f"UPDATE catalog_listing SET is_in_stock = %s, version = {_NEXT}, updated_at = statement_timestamp() "
    f"WHERE product_id = %s AND is_in_stock <> %s RETURNING {_KEY}, version"
)

_SAYS = (
    "SELECT id FROM catalog_product AS product WHERE status = 'active' AND ("
    "EXISTS (SELECT FROM jsonb_each_text(attributes) WHERE value = ANY(%s)) OR "
    "EXISTS (SELECT FROM catalog_variant, jsonb_each_text(options) WHERE product_id = product.id AND value = ANY(%s)))"
)


def index(product_ids: Iterable[UUID]) -> int:
    """Make the listings of these products agree with the catalogue; those not active lose theirs. Returns how many
    are listed.

    Works in batches of 500, each a short transaction; hundreds of products a second.
    """
    return sum(_index_batch(batch) for batch in _batches(dict.fromkeys(product_ids)))


def index_variant(variant_id: UUID) -> bool:
    """Note whether the variant's product is in stock now, and bundles that it is in; writes only when that changed.
    Returns whether it did.

    Most stock changes touch nothing that a list shows, so they cost four reads.
    """
    found = [variant_id, *bundles.containing([variant_id])]
    products = sorted(set(Variant.objects.filter(pk__in=found).values_list("product_id", flat=True)))
    changed = [_note_stock(product_id) for product_id in products]
    return any(changed)


def _note_stock(product_id: UUID) -> bool:
    with transaction.atomic(using=db.CATALOG):
        locking.listings([product_id])
        ids = list(Variant.objects.filter(product_id=product_id, is_active=True).values_list("pk", flat=True))
        is_in_stock = any(units > 0 for units in bundles.available(ids).values())
        return bool(_write(_SET_STOCK, [is_in_stock, product_id, is_in_stock]))


def index_category(category_id: UUID) -> int:
    """Index every product in the category's subtree. Returns how many."""
    path = Category.objects.filter(pk=category_id).values_list("path", flat=True).first()
    if path is None:
        return 0
    return index(Product.objects.visible().filter(category__path__startswith=path).values_list("pk", flat=True))


def index_brand(brand_id: UUID) -> int:
    """Index every product of the brand. Returns how many."""
    return index(Product.objects.visible().filter(brand_id=brand_id).values_list("pk", flat=True))


def index_product_type(product_type_id: UUID) -> int:
    """Index every product of the type. Returns how many."""
    return index(Product.objects.visible().filter(product_type_id=product_type_id).values_list("pk", flat=True))


def index_terms(texts: Sequence[str]) -> int:
    """Index what has one of these as the value of an option or attribute; lists are shown anew in any case. Returns
    how many. Reads all variants and products once.
    """
    with transaction.atomic(using=db.CATALOG), connections[db.CATALOG].cursor() as cursor:
        changes.renew()
        cursor.execute(_SAYS, [list(texts)] * 2)
        ids = [row[0] for row in cursor.fetchall()]
    return index(ids)


def index_currency(code: str) -> int:
    """Index what has a price of its own in the currency. Returns how many."""
    return index(ListingPrice.objects.filter(currency=code).values_list("product_id", flat=True).order_by("product_id"))


def rebuild(progress: Callable[[int, int], None] | None = None, *, processes: int = 1) -> int:
    """Make all listings and the vocabulary again while the shop stays open. Returns how many are listed.
    `progress(done, of)` is told after each batch. More than one of `processes`: outside of any transaction, of a
    process without threads.
    """
    ids = list(Product.objects.visible().order_by("pk").values_list("pk", flat=True))
    listed = done = 0
    for batch, found in zip(_batches(ids), _listed(_batches(ids), processes), strict=True):
        listed += found
        done += len(batch)
        if progress:
            progress(done, len(ids))
    index(drift()[1])
    vocabulary.recount()
    return listed


def drift() -> tuple[set[UUID], set[UUID]]:
    """The active products that lack a listing, and the listed ones that are not active; both also of the currencies in
    which only own prices count.
    """
    own = settings.DEFAULT_CURRENCY
    listed = Listing.objects.filter(product_id=OuterRef("pk"), currency=own)
    active = Product.objects.visible().filter(pk=OuterRef("product_id"))
    missing = set(Product.objects.visible().exclude(Exists(listed)).values_list("pk", flat=True))
    stale = set(Listing.objects.exclude(Exists(active)).values_list("product_id", flat=True))
    priced = ListingPrice.objects.filter(currency__in=currencies.unconverted(), price_list="default")
    prices = priced.filter(product_id=OuterRef("product_id"), currency=OuterRef("currency"))
    unpriced = Listing.objects.exclude(currency=own).exclude(Exists(prices))
    there = Listing.objects.filter(product_id=OuterRef("product_id"), currency=OuterRef("currency"))
    unlisted = priced.filter(Exists(active)).exclude(Exists(there))
    missing |= set(unlisted.values_list("product_id", flat=True))
    return missing, stale | set(unpriced.values_list("product_id", flat=True))


def mend() -> int:
    """Index what `drift` finds. Returns how many products that were."""
    missing, stale = drift()
    index([*missing, *stale])
    return len(missing) + len(stale)


def _batches(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    batch: list[UUID] = []
    for key in ids:
        batch.append(key)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _listed(batches: Iterator[list[UUID]], processes: int) -> Iterator[int]:
    """Index the batches, and tell in turn how many of each are listed."""
    if processes == 1:
        yield from map(_list_batch, batches)
        return
    connections.close_all()
    for connection in connections.all():  # a pool's connections may not be shared: each process makes its own
        connection.close_pool()  # type: ignore[attr-defined]
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        yield from pool.map(_list_batch, batches)


def _list_batch(ids: Sequence[UUID]) -> int:
    """A batch of a rebuild. Nobody waits for its commit to be on disk: what comes after the rebuild waits for all."""
    with transaction.atomic(using=db.CATALOG):
        with connections[db.CATALOG].cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
        return _index_batch(ids, with_words=False)


def _index_batch(ids: Sequence[UUID], *, with_words: bool = True) -> int:
    with transaction.atomic(using=db.CATALOG):
        locking.listings(ids)
        found = rows(ids)
        kept = [(row["product_id"], row["currency"]) for row in found]
        listed = {product_id for product_id, _currency in kept}
        if len(listed) < len(set(ids)) or currencies.known():
            _write(_DELETE, [list(ids), *map(list, zip(*kept, strict=True))] if kept else [list(ids), [], []])
        if found:
            _write(_UPSERT, [json.dumps(found, default=str)])
        if with_words:
            new = rules.vocabulary(" ".join(row["texts"][name] for name in _TITLE) for row in found)
            Word.objects.bulk_create([Word(word=word) for word in sorted(new)], ignore_conflicts=True)
    return len(listed)


def _write(statement: str, params: Sequence[Any]) -> int:
    """Write listings by a statement that returns their keys and versions, and note the changes for Elasticsearch where
    there is one. Returns how many changed. In the caller's transaction, under the listings' lock.
    """
    told = f", told AS (INSERT INTO catalog_listingchange ({_KEY}, version) SELECT {_KEY}, version FROM written)"
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(
            f"WITH written AS ({statement}){told if settings.ELASTICSEARCH_URL else ''} SELECT count(*) FROM written",
            params,
        )
        written: int = cursor.fetchone()[0]
    if written:
        changes.noted()
    return written
