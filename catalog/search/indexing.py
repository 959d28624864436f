# ruff: noqa: S608  (the statement is put together from this file's columns; every value is a parameter)
"""Writes `Listing` from products, prices, stock and ratings. Everything here may run twice and in any order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections, transaction

from catalog.products import cards, selectors
from catalog.products import rules as product_rules
from catalog.products.cards import Facts
from catalog.products.models import Attribute, Category, Product, Variant
from catalog.search import locking, rules, vocabulary
from catalog.search.models import Listing, Word
from inventory.stock import selectors as stock
from shop.core import cache, db

BATCH = 500
MAX_FILTER_TEXT = 60  # a longer value is no choice that anyone ticks
MAX_TAGS = 30
MAX_PROSE, MAX_TAG_TEXT = 20_000, 50_000  # letters of a description, and of tags and attributes, that are searched
MAX_CODE = 120

_COLUMNS = {
    "id": "uuid", "product_id": "uuid", "currency": "text", "price_list": "text", "external_id": "text", "name": "text",
    "slug": "text", "brand_name": "text", "brand_slug": "text", "category_path": "text", "price_minor": "bigint",
    "regular_minor": "bigint", "shown_currency": "text", "has_range": "boolean", "is_sellable": "boolean",
    "is_in_stock": "boolean", "rating_average": "numeric", "rating_count": "integer", "popularity": "float8",
    "released_at": "timestamptz", "attributes": "jsonb", "card": "jsonb", "codes": "text[]",
}  # fmt: skip
_TITLE = {"text_name": "A", "text_brand": "B", "text_category": "C"}
_TEXTS = (*_TITLE, "text_tags", "text_prose")


def _upsert() -> str:
    """One statement for any number of rows, given as one JSON array."""
    taken = ", ".join(_COLUMNS)
    typed = ", ".join([*(f"{name} {kind}" for name, kind in _COLUMNS.items()), *(f"{name} text" for name in _TEXTS)])
    title = " || ".join(f"setweight(to_tsvector('shop', {name}), '{weight}')" for name, weight in _TITLE.items())
    more = "setweight(to_tsvector('shop', text_tags), 'C') || setweight(to_tsvector('prose', text_prose), 'D')"
    updated = [name for name in _COLUMNS if name not in {"id", "product_id", "currency", "price_list"}]
    return (
        f"INSERT INTO catalog_listing ({taken}, title, document, updated_at) "
        f"SELECT {taken}, title, title || {more}, statement_timestamp() "
        f"FROM (SELECT *, {title} AS title FROM jsonb_to_recordset(%s::jsonb) AS given({typed}) OFFSET 0) AS r "
        "ON CONFLICT (product_id, currency, price_list) DO UPDATE SET "
        + ", ".join(f"{name} = EXCLUDED.{name}" for name in [*updated, "title", "document", "updated_at"])
    )


_UPSERT = _upsert()


def index(product_ids: Iterable[UUID]) -> int:
    """Make the listings of these products agree with the catalogue; those not active lose theirs. Returns how many
    are listed.

    Works in batches of 500, each a short transaction; hundreds of products a second.
    """
    return sum(_index_batch(batch) for batch in _batches(dict.fromkeys(product_ids)))


def index_variant(variant_id: UUID) -> bool:
    """Note whether the variant's product is in stock now; writes only when that changed. Returns whether it did.

    Most stock changes touch nothing that a list shows, so they cost two reads.
    """
    product_id = Variant.objects.filter(pk=variant_id).values_list("product_id", flat=True).first()
    if product_id is None:
        return False
    with transaction.atomic(using=db.CATALOG):
        locking.listings([product_id])
        ids = list(Variant.objects.filter(product_id=product_id, is_active=True).values_list("pk", flat=True))
        is_in_stock = any(units > 0 for units in stock.available(ids).values())
        rows = Listing.objects.filter(product_id=product_id, is_in_stock=not is_in_stock)
        changed = rows.update(is_in_stock=is_in_stock)
        if changed:
            _renew()
    return bool(changed)


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


def rebuild(progress: Callable[[int, int], None] | None = None) -> int:
    """Make all listings and the vocabulary again while the shop stays open. `progress(done, of)` is told after each
    batch.
    """
    ids = list(Product.objects.visible().order_by("pk").values_list("pk", flat=True))
    listed = done = 0
    for batch in _batches(ids):
        listed += _index_batch(batch, with_words=False)
        done += len(batch)
        if progress:
            progress(done, len(ids))
    with transaction.atomic(using=db.CATALOG):
        gone = Listing.objects.exclude(product_id__in=Product.objects.visible().values("pk"))
        gone.delete()
        vocabulary.recount()
    _renew()
    return listed


def drift() -> tuple[set[UUID], set[UUID]]:
    """The active products that have no listing, and the listed ones that are not active."""
    listed = set(Listing.objects.values_list("product_id", flat=True))
    active = set(Product.objects.visible().values_list("pk", flat=True))
    return active - listed, listed - active


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


def _index_batch(ids: Sequence[UUID], *, with_words: bool = True) -> int:
    currency = settings.DEFAULT_CURRENCY
    with transaction.atomic(using=db.CATALOG):
        locking.listings(ids)
        facts = cards.facts(ids, currency=currency)
        units = stock.available([variant.pk for row in facts for variant in row.variants])
        filterable = _filterable({row.product.product_type_id for row in facts})
        names = _category_names(facts)
        rows = [
            _row(fact, currency, units, filterable.get(fact.product.product_type_id, set()), names) for fact in facts
        ]
        gone = set(ids) - {fact.product.pk for fact in facts}
        if gone:
            Listing.objects.filter(product_id__in=gone).delete()
        if rows:
            with connections[db.CATALOG].cursor() as cursor:
                cursor.execute(_UPSERT, [json.dumps(rows, default=str)])
        if with_words:
            found = rules.vocabulary(" ".join(row[name] for name in _TITLE) for row in rows)
            Word.objects.bulk_create([Word(word=word) for word in sorted(found)], ignore_conflicts=True)
        _renew()
    return len(rows)


def _row(
    fact: Facts, currency: str, units: Mapping[UUID, int], filterable: set[str], categories: Mapping[UUID, str]
) -> dict[str, Any]:
    product = fact.product
    brand, category = product.brand, product.category
    chosen = selectors.default_variant([variant.pk for variant in fact.variants], units)
    variant = next((row for row in fact.variants if row.pk == chosen), None)
    regular = fact.regular_price or fact.price
    released = datetime.combine(product.released_on, time(), UTC) if product.released_on else product.created_at
    words = categories.get(category.pk, "") if category else ""
    return {
        "id": db.uuid7(),
        "product_id": product.pk,
        "currency": currency,
        "price_list": "default",
        "external_id": product.external_id,
        "name": product.name,
        "slug": product.slug,
        "brand_name": brand.name if brand else "",
        "brand_slug": brand.slug if brand else "",
        "category_path": category.path if category else "",
        "price_minor": fact.price.minor if fact.price else None,
        "regular_minor": regular.minor if regular else None,
        "shown_currency": fact.price.currency if fact.price else "",
        "has_range": fact.has_range,
        "is_sellable": fact.is_sellable,
        "is_in_stock": any(units[row.pk] > 0 for row in fact.variants),
        "rating_average": product.rating_average,
        "rating_count": product.rating_count,
        "popularity": float(product.rating_count),
        "released_at": released,
        "attributes": filter_values(product.attributes, fact, filterable),
        "card": {
            "picture": fact.picture,
            "swatches": list(fact.swatches),
            "swatches_more": fact.swatches_more,
            "variant_id": variant.pk if variant else None,
            "sku": variant.sku if variant else "",
        },
        "codes": _codes(fact),
        "text_name": rules.indexed(product.name, is_title=True),
        "text_brand": rules.indexed(brand.name if brand else ""),
        "text_category": rules.indexed(words),
        "text_tags": _tags(fact),
        "text_prose": rules.indexed(product.description[:MAX_PROSE]),
    }


def _codes(fact: Facts) -> list[str]:
    """By which article numbers the product is found, compact."""
    given = [text for variant in fact.variants for text in (variant.sku, variant.gtin)]
    return [code for code in dict.fromkeys(map(rules.compact, given)) if 0 < len(code) <= MAX_CODE]


def _tags(fact: Facts) -> str:
    """Tags, SKUs, GTINs and the words among attributes and options."""
    product = fact.product
    values = [str(value) for value in product.attributes.values() if isinstance(value, str)]
    values += [str(tag) for tag in product.tags[:MAX_TAGS]]
    for variant in fact.variants:
        values += [variant.sku, variant.gtin, *variant.options.values()]
    return rules.indexed(" , ".join(dict.fromkeys(values)), is_title=True)[:MAX_TAG_TEXT]


def filter_values(attributes: Mapping[str, Any], fact: Facts, filterable: set[str]) -> dict[str, list[str]]:
    """What lists can be filtered by: {code: [values as text]}, from filterable attributes and the variants' options."""
    found: dict[str, list[str]] = {}
    for code in filterable & attributes.keys():
        text = _filter_text(attributes[code])
        if text and len(text) <= MAX_FILTER_TEXT:
            found[code] = [text]
    for variant in fact.variants:
        for name, value in variant.options.items():
            code = product_rules.slug(name)
            if code in filterable and value not in found.setdefault(code, []):
                found[code].append(value)
    return found


def _filter_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)


def _filterable(type_ids: Iterable[UUID]) -> dict[UUID, set[str]]:
    rows = Attribute.objects.filter(product_type_id__in=list(type_ids), is_filterable=True)
    found: dict[UUID, set[str]] = {}
    for type_id, code in rows.values_list("product_type_id", "code"):
        found.setdefault(type_id, set()).add(code)
    return found


def _category_names(facts: Iterable[Facts]) -> dict[UUID, str]:
    """The words of each product's category and those above it."""
    wanted = {fact.product.category.path: fact.product.category.pk for fact in facts if fact.product.category}
    step = Category.steplen
    paths = {path[:length] for path in wanted for length in range(step, len(path) + 1, step)}
    names = dict(Category.objects.filter(path__in=paths).values_list("path", "name"))
    return {
        key: " ".join(names.get(path[:length], "") for length in range(step, len(path) + 1, step))
        for path, key in wanted.items()
    }


def _renew() -> None:
    """Counts cached under the old version of the index are not asked for again."""
    transaction.on_commit(lambda: cache.LISTINGS.set(str(db.uuid7())), using=db.CATALOG)
