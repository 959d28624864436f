"""What a card shows of a product, gathered for many products in a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from catalog.bundles import selectors as bundles
from catalog.customizations import selectors as customizations
from catalog.products import colours, pictures, worded
from catalog.products.models import Image, ListingPrice, Product, Variant
from shop.core import languages
from shop.core.money import Money

MAX_SWATCHES = 5


@dataclass(frozen=True)
class Card:
    """A product in a list. `price` is what is paid; `regular_price` is set only while it is on sale."""

    product_id: UUID
    url: str
    name: str
    brand: str
    picture: Mapping[str, Any] | None
    price: Money | None
    regular_price: Money | None
    price_from: bool
    rating_average: float | None
    rating_count: int
    is_in_stock: bool
    is_sellable: bool
    swatches: Sequence[Mapping[str, str]] = ()
    swatches_more: int = 0
    name_parts: Sequence[tuple[str, bool]] = ()  # the name in pieces, and which of them were searched for
    is_quick: bool = False  # there is nothing to choose or to say: one click puts it into a cart
    has_asked: bool = False  # who buys it is asked for words (unknown of what lists and search find)
    lang: str = ""  # the language of the name, where that is not the page's

    @property
    def is_buyable(self) -> bool:
        return self.is_sellable and self.is_in_stock


class Listed(NamedTuple):
    """What lists and the search index copy from a product itself."""

    pk: UUID
    slug: str
    name: str
    brand_name: str | None
    rating_average: Decimal
    rating_count: int
    options: Sequence[str]
    brand_slug: str | None
    category_path: str | None
    product_type_id: UUID
    external_id: str
    description: str
    attributes: Mapping[str, Any]
    tags: Sequence[str]
    released_on: date | None
    created_at: datetime
    has_asked: bool


class Sold(NamedTuple):
    """What they copy from a variant."""

    pk: UUID
    sku: str
    gtin: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facts:
    """One product with all that lists and the search index copy from it."""

    product: Listed
    variants: Sequence[Sold]
    picture: Mapping[str, Any] | None
    price: Money | None
    regular_price: Money | None
    has_range: bool
    is_sellable: bool  # there is a price in the currency asked for
    swatches: Sequence[Mapping[str, str]]
    swatches_more: int


def facts(product_ids: Iterable[UUID], *, currency: str) -> list[Facts]:
    """The active ones of these products with brand, category, variants, listing price and picture, in the order asked
    for; four queries.
    """
    ids = list(dict.fromkeys(product_ids))
    found = _asking().filter(pk__in=ids).order_by()
    products = {row[0]: Listed(*row) for row in found.values_list(*_PRODUCT, *_LISTED)}
    variants: dict[UUID, list[Sold]] = defaultdict(list)
    sold = Variant.objects.filter(product_id__in=ids, is_active=True)
    for product_id, *columns in sold.values_list("product_id", *Sold._fields):
        variants[product_id].append(Sold(*columns))
    prices, shown = _prices(ids, currency), _images(ids)
    return [
        _facts(products[key], variants[key], prices.get(key), shown.get(key), currency)
        for key in ids
        if key in products
    ]


def cards(product_ids: Iterable[UUID], *, currency: str) -> list[Card]:
    """Cards of the active ones of these products, in the order asked for; 5 queries whatever the number, one more in
    another language than the shop's own.

    As `facts` has them, from the columns that cards need alone.
    """
    ids = list(dict.fromkeys(product_ids))
    products = {row[0]: row for row in _asking().filter(pk__in=ids).values_list(*_PRODUCT, "has_asked")}
    variants: dict[UUID, list[tuple[UUID, Mapping[str, str]]]] = defaultdict(list)
    kits = []
    rows = Variant.objects.filter(product_id__in=products, is_active=True).annotate(is_bundle=bundles.has_any("pk"))
    for product_id, key, options, is_bundle in rows.values_list(*_VARIANT, "is_bundle"):
        variants[product_id].append((key, options))
        if is_bundle:
            kits.append(key)
    prices = _prices(list(products), currency)
    shown = _images(list(products))
    ids_of_all = [key for several in variants.values() for key, _options in several]
    units = {key: have.units for key, have in bundles.shown(ids_of_all, parts=bundles.parts_of(kits)).items()}
    made = []
    for key in ids:
        if key in products:
            is_in_stock = any(units[variant_id] > 0 for variant_id, _options in variants[key])
            made.append(_card(products[key], variants[key], prices.get(key), shown.get(key), currency, is_in_stock))
    return worded.cards(made)


def _asking() -> Any:
    return Product.objects.visible().annotate(has_asked=customizations.has_any("pk", "product_type_id"))


_PRODUCT = ("pk", "slug", "name", "brand__name", "rating_average", "rating_count", "options")
_LISTED = ("brand__slug", "category__path", *Listed._fields[9:])  # behind those, as `Listed` has them
_VARIANT = ("product_id", "pk", "options")


def _prices(product_ids: Sequence[UUID], currency: str) -> dict[UUID, tuple[str, int, int, bool]]:
    """Currency, price, regular price and whether it is a range, by product; in another currency if not in this one."""
    rows = ListingPrice.objects.filter(product_id__in=product_ids, price_list="default").order_by("currency")
    found: dict[UUID, tuple[str, int, int, bool]] = {}
    columns = rows.values_list("product_id", "currency", "amount_minor", "regular_minor", "has_range")
    for product_id, money, amount, regular, has_range in columns:
        if product_id not in found or money == currency:
            found[product_id] = (money, amount, regular, has_range)
    return found


def _images(product_ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    """The columns of each product's first picture, as `pictures.drawn` takes them."""
    found: dict[UUID, list[Any]] = {}
    for product_id, *columns in (
        Image.objects.filter(product_id__in=product_ids).exclude(file="").values_list("product_id", *pictures.DRAWN)
    ):
        found.setdefault(product_id, columns)
    return found


def _card(
    product: tuple[Any, ...],
    variants: Sequence[tuple[UUID, Mapping[str, str]]],
    price: tuple[str, int, int, bool] | None,
    image: Sequence[Any] | None,
    currency: str,
    is_in_stock: bool,
) -> Card:
    key, slug, name, brand, rating, rating_count, options, has_asked = product
    swatches = _swatches(options, [one for _key, one in variants])
    return Card(
        product_id=key,
        url=languages.here(f"/products/{slug}/"),
        name=name,
        brand=brand or "",
        picture=pictures.called(pictures.drawn(*image), name) if image else None,
        price=Money(price[1], price[0]) if price else None,
        regular_price=Money(price[2], price[0]) if price and price[2] > price[1] else None,
        price_from=price[3] if price else False,
        rating_average=float(rating) if rating_count else None,
        rating_count=rating_count,
        is_in_stock=is_in_stock,
        is_sellable=price is not None and price[0] == currency and bool(variants),
        swatches=swatches[:MAX_SWATCHES],
        swatches_more=max(0, len(swatches) - MAX_SWATCHES),
        is_quick=len(variants) == 1 and not has_asked,
        has_asked=has_asked,
    )


def _facts(
    product: Listed,
    variants: Sequence[Sold],
    price: tuple[str, int, int, bool] | None,
    image: Sequence[Any] | None,
    currency: str,
) -> Facts:
    swatches = _swatches(product.options, [variant.options for variant in variants])
    return Facts(
        product=product,
        variants=variants,
        picture=pictures.called(pictures.drawn(*image), product.name) if image else None,
        price=Money(price[1], price[0]) if price else None,
        regular_price=Money(price[2], price[0]) if price and price[2] > price[1] else None,
        has_range=price[3] if price else False,
        is_sellable=price is not None and price[0] == currency and bool(variants),
        swatches=swatches[:MAX_SWATCHES],
        swatches_more=max(0, len(swatches) - MAX_SWATCHES),
    )


def _swatches(options: Sequence[str], variants: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    name = next((option for option in options if colours.is_colour(option)), None)
    if name is None:
        return []
    values = dict.fromkeys(variant[name] for variant in variants if variant.get(name))
    found = [{"name": value, "colour": shade} for value in values if (shade := colours.colour(value))]
    return found if len(found) > 1 else []  # one dot alone says nothing
