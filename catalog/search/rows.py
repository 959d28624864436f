"""A product as the row of its listing: what lists show, what filters ask, and the words by which it is found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.conf import settings

from catalog.bundles import selectors as bundles
from catalog.products import cards, selectors
from catalog.products import rules as product_rules
from catalog.products.cards import Facts
from catalog.products.models import Attribute, Category, ListingPrice
from catalog.search import rules, worded
from shop.core import db
from shop.currencies import selectors as currencies

MAX_FILTER_TEXT = 60  # a longer value is no choice that anyone ticks
MAX_TAGS = 30
MAX_PROSE, MAX_TAG_TEXT = 20_000, 50_000  # letters of a description, and of tags and attributes, that are searched
MAX_CODE = 120


def rows(product_ids: Sequence[UUID]) -> list[dict[str, Any]]:
    """The rows of those of these products that are active, in the order asked for: one in the shop's own currency, then
    one in each other to which nothing is converted, of what has a price in it. Eight queries, however many; one more
    where there are such currencies, two more where the shop has other languages.
    """
    currency = settings.DEFAULT_CURRENCY
    facts = cards.facts(product_ids, currency=currency)
    units = bundles.available([variant.pk for row in facts for variant in row.variants])
    filterable = _filterable({row.product.product_type_id for row in facts})
    names = _category_names(facts)
    made = [_row(fact, currency, units, filterable.get(fact.product.product_type_id, set()), names) for fact in facts]
    _translate(made, worded.everywhere(facts))
    return [*made, *_elsewhere(made)]


def _translate(made: Sequence[dict[str, Any]], said: Mapping[UUID, tuple[dict[str, str], list[str]]]) -> None:
    """Put the names in other languages on the cards, and all words in them where tags are searched."""
    for row in made:
        names, words = said.get(row["product_id"], ({}, []))
        row["card"] = worded.card(row["card"], names)
        if words:
            row["texts"]["tags"] = f"{row['texts']['tags']} , {_joined(words)}"[:MAX_TAG_TEXT]


def _elsewhere(made: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same rows in the currencies in which only own prices count, of those that have one."""
    codes = currencies.unconverted()
    if not codes:
        return []
    priced = ListingPrice.objects.filter(
        product_id__in=[row["product_id"] for row in made], currency__in=codes, price_list="default"
    ).order_by("currency")
    prices: dict[UUID, list[ListingPrice]] = {}
    for one in priced:
        prices.setdefault(one.product_id, []).append(one)
    return [_in_currency(row, price) for row in made for price in prices.get(row["product_id"], ())]


def _in_currency(row: Mapping[str, Any], price: ListingPrice) -> dict[str, Any]:
    return {
        **row,
        "id": db.uuid7(),
        "currency": price.currency,
        "price_minor": price.amount_minor,
        "regular_minor": price.regular_minor,
        "shown_currency": price.currency,
        "has_range": price.has_range,
        "is_sellable": True,
    }


def _row(
    fact: Facts, currency: str, units: Mapping[UUID, int], filterable: set[str], categories: Mapping[str, str]
) -> dict[str, Any]:
    product = fact.product
    brand = product.brand_name or ""
    chosen = selectors.default_variant([variant.pk for variant in fact.variants], units)
    variant = next((row for row in fact.variants if row.pk == chosen), None)
    regular = fact.regular_price or fact.price
    released = datetime.combine(product.released_on, time(), UTC) if product.released_on else product.created_at
    return {
        "id": db.uuid7(),
        "product_id": product.pk,
        "currency": currency,
        "price_list": "default",
        "external_id": product.external_id,
        "name": product.name,
        "slug": product.slug,
        "brand_name": brand,
        "brand_slug": product.brand_slug or "",
        "category_path": product.category_path or "",
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
            "is_quick": len(fact.variants) == 1 and not product.has_asked,
        },
        "codes": _codes(fact),
        "texts": {
            "name": rules.indexed(product.name, is_title=True),
            "brand": _indexed(brand),
            "category": _indexed(categories.get(product.category_path or "", "")),
            "tags": _tags(fact),
            "numbers": _numbers(fact),
            "prose": rules.indexed(product.description[:MAX_PROSE]),
        },
    }


@lru_cache(maxsize=4096)
def _indexed(text: str) -> str:
    """Of brands and categories, which many products share."""
    return rules.indexed(text)


def _codes(fact: Facts) -> list[str]:
    """By which article numbers the product is found, compact."""
    given = [text for variant in fact.variants for text in (variant.sku, variant.gtin)]
    return [code for code in dict.fromkeys(map(rules.compact, given)) if 0 < len(code) <= MAX_CODE]


def _tags(fact: Facts) -> str:
    """Tags and the words among attributes and options."""
    product = fact.product
    values = [str(value) for value in product.attributes.values() if isinstance(value, str)]
    values += [str(tag) for tag in product.tags[:MAX_TAGS]]
    values += [value for variant in fact.variants for value in variant.options.values()]
    return _joined(values)


def _numbers(fact: Facts) -> str:
    """Article numbers, of which a part may be searched for as well."""
    return _joined([value for variant in fact.variants for value in (variant.sku, variant.gtin)])


def _joined(values: Iterable[str]) -> str:
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


def _category_names(facts: Iterable[Facts]) -> dict[str, str]:
    """The words of each product's category and those above it, by path."""
    wanted = {fact.product.category_path for fact in facts if fact.product.category_path}
    step = Category.steplen
    above = {path: [path[:length] for length in range(step, len(path) + 1, step)] for path in wanted}
    paths = {one for several in above.values() for one in several}
    names = dict(Category.objects.filter(path__in=paths).values_list("path", "name"))
    return {path: " ".join(names.get(one, "") for one in several) for path, several in above.items()}
