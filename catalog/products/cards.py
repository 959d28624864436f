"""What a card shows of a product, gathered for many products in a handful of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from catalog.bundles import selectors as bundles
from catalog.products import colours, pictures
from catalog.products.models import Image, ListingPrice, Product, Variant
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


@dataclass(frozen=True)
class Facts:
    """One product with all that lists and the search index copy from it."""

    product: Product
    variants: Sequence[Variant]  # with SKU, GTIN and options
    picture: Mapping[str, Any] | None
    price: Money | None
    regular_price: Money | None
    has_range: bool
    is_sellable: bool  # there is a price in the currency asked for
    swatches: Sequence[Mapping[str, str]] = field(default=())
    swatches_more: int = 0

    def card(self, *, is_in_stock: bool) -> Card:
        """The card, given whether any variant is in stock."""
        product = self.product
        return Card(
            product_id=product.pk,
            url=product.get_absolute_url(),
            name=product.name,
            brand=product.brand.name if product.brand else "",
            picture=self.picture,
            price=self.price,
            regular_price=self.regular_price,
            price_from=self.has_range,
            rating_average=float(product.rating_average) if product.rating_count else None,
            rating_count=product.rating_count,
            is_in_stock=is_in_stock,
            is_sellable=self.is_sellable,
            swatches=self.swatches,
            swatches_more=self.swatches_more,
        )


def facts(product_ids: Iterable[UUID], *, currency: str, price_list: str = "default") -> list[Facts]:
    """The active ones of these products with brand, category, variants, listing price and picture, in the order asked
    for; six queries.
    """
    ids = list(dict.fromkeys(product_ids))
    # Many products share brands and categories: fetched once each, not made anew for every product.
    found = Product.objects.visible().filter(pk__in=ids).prefetch_related("brand", "category")
    products = {product.pk: product for product in found}
    variants: dict[UUID, list[Variant]] = defaultdict(list)
    for variant in Variant.objects.filter(product_id__in=ids, is_active=True).only(*_SOLD):
        variants[variant.product_id].append(variant)
    prices: dict[UUID, ListingPrice] = {}
    for price in ListingPrice.objects.filter(product_id__in=ids, price_list=price_list).order_by("currency"):
        known = prices.get(price.product_id)
        if known is None or price.currency == currency:
            prices[price.product_id] = price
    shown: dict[UUID, Image] = {}
    for image in Image.objects.filter(product_id__in=ids).exclude(file=""):
        shown.setdefault(image.product_id, image)
    return [
        _facts(products[key], variants[key], prices.get(key), shown.get(key), currency)
        for key in ids
        if key in products
    ]


def cards(product_ids: Iterable[UUID], *, currency: str) -> list[Card]:
    """Cards of the active ones of these products, in the order asked for; 5 queries whatever the number.

    What `facts` and `Facts.card` would say, from the columns that cards need alone.
    """
    ids = list(dict.fromkeys(product_ids))
    products = {row[0]: row for row in Product.objects.visible().filter(pk__in=ids).values_list(*_PRODUCT)}
    variants: dict[UUID, list[tuple[UUID, Mapping[str, str]]]] = defaultdict(list)
    kits = []
    rows = Variant.objects.filter(product_id__in=products, is_active=True).annotate(is_bundle=bundles.has_any("pk"))
    for product_id, key, options, is_bundle in rows.values_list(*_VARIANT, "is_bundle"):
        variants[product_id].append((key, options))
        if is_bundle:
            kits.append(key)
    prices = _prices(list(products), currency)
    shown: dict[UUID, Any] = {}
    for product_id, *columns in Image.objects.filter(product_id__in=products).exclude(file="").values_list(*_IMAGE):
        shown.setdefault(product_id, columns)
    ids_of_all = [key for several in variants.values() for key, _options in several]
    units = {key: have.units for key, have in bundles.shown(ids_of_all, parts=bundles.parts_of(kits)).items()}
    made = []
    for key in ids:
        if key in products:
            is_in_stock = any(units[variant_id] > 0 for variant_id, _options in variants[key])
            made.append(_card(products[key], variants[key], prices.get(key), shown.get(key), currency, is_in_stock))
    return made


_SOLD = ("product_id", "sku", "gtin", "options")  # what facts say of a variant
_PRODUCT = ("pk", "slug", "name", "brand__name", "rating_average", "rating_count", "options")
_VARIANT = ("product_id", "pk", "options")
_IMAGE = ("product_id", "file", "width", "height", "alt", "is_ready")


def _prices(product_ids: Sequence[UUID], currency: str) -> dict[UUID, tuple[str, int, int, bool]]:
    """Currency, price, regular price and whether it is a range, by product; in another currency if not in this one."""
    rows = ListingPrice.objects.filter(product_id__in=product_ids, price_list="default").order_by("currency")
    found: dict[UUID, tuple[str, int, int, bool]] = {}
    columns = rows.values_list("product_id", "currency", "amount_minor", "regular_minor", "has_range")
    for product_id, money, amount, regular, has_range in columns:
        if product_id not in found or money == currency:
            found[product_id] = (money, amount, regular, has_range)
    return found


def _card(
    product: tuple[Any, ...],
    variants: Sequence[tuple[UUID, Mapping[str, str]]],
    price: tuple[str, int, int, bool] | None,
    image: Sequence[Any] | None,
    currency: str,
    is_in_stock: bool,
) -> Card:
    key, slug, name, brand, rating, rating_count, options = product
    swatches = _swatches(options, [one for _key, one in variants])
    return Card(
        product_id=key,
        url=f"/products/{slug}/",
        name=name,
        brand=brand or "",
        picture=pictures.drawn(*image) if image else None,
        price=Money(price[1], price[0]) if price else None,
        regular_price=Money(price[2], price[0]) if price and price[2] > price[1] else None,
        price_from=price[3] if price else False,
        rating_average=float(rating) if rating_count else None,
        rating_count=rating_count,
        is_in_stock=is_in_stock,
        is_sellable=price is not None and price[0] == currency and bool(variants),
        swatches=swatches[:MAX_SWATCHES],
        swatches_more=max(0, len(swatches) - MAX_SWATCHES),
    )


def _facts(
    product: Product, variants: Sequence[Variant], price: ListingPrice | None, image: Image | None, currency: str
) -> Facts:
    swatches = _swatches(product.options, [variant.options for variant in variants])
    on_sale = price is not None and price.regular_minor > price.amount_minor
    return Facts(
        product=product,
        variants=variants,
        picture=pictures.picture(image) if image else None,
        price=Money(price.amount_minor, price.currency) if price else None,
        regular_price=Money(price.regular_minor, price.currency) if price and on_sale else None,
        has_range=price.has_range if price else False,
        is_sellable=price is not None and price.currency == currency and bool(variants),
        swatches=swatches[:MAX_SWATCHES],
        swatches_more=max(0, len(swatches) - MAX_SWATCHES),
    )


def _swatches(options: Sequence[str], variants: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    name = next((option for option in options if colours.is_colour(option)), None)
    if name is None:
        return []
    values = dict.fromkeys(variant[name] for variant in variants if variant.get(name))
    found = [{"name": value, "colour": colours.colour(value) or ""} for value in values]
    return [swatch for swatch in found if swatch["colour"]] if len(found) > 1 else []
