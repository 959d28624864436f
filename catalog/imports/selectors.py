"""Reads for imports and exports: products as rows, and what earlier imports knew of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from catalog.bundles.models import BundlePart
from catalog.customizations.models import CustomField
from catalog.customizations.services import FACTS
from catalog.imports.models import ImportedRow, ImportJob
from catalog.imports.rows import FieldRow, ProductRow, VariantRow
from catalog.products.models import Attribute, Category, Image, Price, Product, Variant
from inventory.stock import selectors as stock

Key = tuple[str, str]  # (source, external id or SKU)


def key_of(row: ProductRow, source: str) -> Key:
    """How a row's product is known: by its id in its source, else by the SKU of its first variant."""
    return (source, row.external_id) if row.external_id else ("", row.variants[0].sku)


def known(keys: Collection[Key]) -> dict[Key, tuple[UUID, str]]:
    """By key: the product, and the digest of the last row that an import took for it ("" if none, or undone)."""
    by_source: dict[str, list[str]] = defaultdict(list)
    for source, name in keys:
        by_source[source].append(name)
    found: dict[Key, UUID] = {}
    for source, names in by_source.items():
        found |= {(source, name): product_id for name, product_id in _products(source, names)}
    digests = _digests(by_source)
    return {key: (product_id, digests.get((*key, product_id), "")) for key, product_id in found.items()}


def _products(source: str, names: Sequence[str]) -> Iterable[tuple[str, UUID]]:
    if source:
        return Product.objects.filter(source=source, external_id__in=names).values_list("external_id", "id")
    return Variant.objects.filter(sku__in=names).values_list("sku", "product_id")


def _digests(by_source: dict[str, list[str]]) -> dict[tuple[str, str, UUID], str]:
    result: dict[tuple[str, str, UUID], str] = {}
    for source, names in by_source.items():
        rows = (
            ImportedRow.objects.filter(source=source, external_id__in=names)
            .exclude(job__status=ImportJob.Status.UNDONE)
            .order_by("source", "external_id", "-id")
            .distinct("source", "external_id")
            .values_list("source", "external_id", "product_id", "digest")
        )
        result |= {(one_source, name, product_id): digest for one_source, name, product_id, digest in rows}
    return result


def product_rows(product_ids: Sequence[UUID], *, currency: str) -> dict[UUID, ProductRow]:
    """These products as rows, with their regular prices in `currency`. Nine queries, whatever the number."""
    related = Product.objects.select_related("brand", "seller", "product_type", "category")
    products = list(related.filter(pk__in=product_ids))
    variants: dict[UUID, list[Variant]] = defaultdict(list)
    for variant in Variant.objects.filter(product_id__in=product_ids, is_active=True).order_by("position", "id"):
        variants[variant.product_id].append(variant)
    variant_ids = [variant.pk for several in variants.values() for variant in several]
    prices: dict[UUID, list[Price]] = defaultdict(list)
    for price in Price.objects.filter(variant_id__in=variant_ids, price_list="default", min_quantity=1):
        prices[price.variant_id].append(price)
    pictures: dict[UUID, list[Image]] = defaultdict(list)
    for image in Image.objects.filter(product_id__in=product_ids).order_by("position", "id"):
        pictures[image.product_id].append(image)
    held = stock.on_hand(variant_ids)
    asked, parts = _fields(product_ids), _parts(variant_ids)
    labels, paths = _labels(products), _paths(products)
    rows = {
        product.pk: _row(product, variants[product.pk], prices, pictures[product.pk], held, labels, paths, currency)
        for product in products
        if variants[product.pk]
    }
    for key, row in rows.items():
        made = (replace(one, parts=parts.get(it.pk)) for one, it in zip(row.variants, variants[key], strict=True))
        rows[key] = replace(row, customizations=asked.get(key), variants=tuple(made))
    return rows


def _fields(product_ids: Sequence[UUID]) -> dict[UUID, tuple[FieldRow, ...]]:
    """What products ask by themselves."""
    found: dict[UUID, tuple[FieldRow, ...]] = {}
    for row in CustomField.objects.filter(product_id__in=product_ids).order_by("position", "code"):
        key: Any = row.product_id
        values = {name: getattr(row, name) for name in FACTS}
        field = FieldRow(**{**values, "choices": tuple(row.choices)})
        found[key] = (*found.get(key, ()), field)
    return found


def _parts(variant_ids: Sequence[UUID]) -> dict[UUID, tuple[tuple[str, int], ...]]:
    """Of what bundles consist, by SKU."""
    found: dict[UUID, tuple[tuple[str, int], ...]] = {}
    rows = BundlePart.objects.filter(bundle__in=variant_ids).order_by("position", "id")
    for bundle, sku, units in rows.values_list("bundle_id", "component__sku", "quantity"):
        found[bundle] = (*found.get(bundle, ()), (sku, units))
    return found


def _labels(products: Iterable[Product]) -> dict[tuple[UUID, str], str]:
    types = {product.product_type_id for product in products}
    rows = Attribute.objects.filter(product_type__in=types).values_list("product_type_id", "code", "name")
    return {(type_id, code): name for type_id, code, name in rows}


def _paths(products: Iterable[Product]) -> dict[UUID, tuple[str, ...]]:
    """The names from the root to each product's category, in one query."""
    categories = {product.category for product in products if product.category}
    steps = Category.steplen
    wanted = {c.path[:end] for c in categories for end in range(steps, len(c.path) + 1, steps)}
    names = dict(Category.objects.filter(path__in=wanted).values_list("path", "name"))
    return {c.pk: tuple(names[c.path[:end]] for end in range(steps, len(c.path) + 1, steps)) for c in categories}


def _row(
    product: Product,
    variants: Sequence[Variant],
    prices: dict[UUID, list[Price]],
    pictures: Sequence[Image],
    held: dict[UUID, int],
    labels: dict[tuple[UUID, str], str],
    paths: dict[UUID, tuple[str, ...]],
    currency: str,
) -> ProductRow:
    money = _currency([price for variant in variants for price in prices[variant.pk]], currency)
    return ProductRow(
        external_id=product.external_id,
        name=product.name,
        currency=money,
        variants=tuple(_variant(one, prices[one.pk], pictures, held, money) for one in variants),
        description=product.description,
        brand=product.brand.name if product.brand else "",
        seller="" if product.seller.is_default else product.seller.name,
        category_path=paths.get(product.category_id, ()) if product.category_id else (),
        product_type=product.product_type.name,
        attributes={labels.get((product.product_type_id, code), code): v for code, v in product.attributes.items()},
        options=tuple(product.options),
        tags=tuple(product.tags),
        pictures=tuple((one.remote_url, one.alt) for one in pictures if one.remote_url and not one.variant_id),
        seo_title=product.seo_title,
        seo_description=product.seo_description,
        released_on=product.released_on,
        status=product.status,
        slug=product.slug,
    )


def _currency(prices: Iterable[Price], wanted: str) -> str:
    found = {price.currency for price in prices}
    return wanted if wanted in found or not found else min(found)


def _variant(
    variant: Variant, prices: Iterable[Price], pictures: Iterable[Image], held: dict[UUID, int], currency: str
) -> VariantRow:
    price = next((one for one in prices if one.currency == currency), None)
    own = next((one.remote_url for one in pictures if one.variant_id == variant.pk and one.remote_url), "")
    return VariantRow(
        sku=variant.sku,
        options=dict(variant.options),
        price=price.amount_minor if price else 0,
        sale_price=price.sale_minor if price else None,
        stock=held.get(variant.pk),
        gtin=variant.gtin,
        weight_grams=variant.weight_grams,
        length_mm=variant.length_mm,
        width_mm=variant.width_mm,
        height_mm=variant.height_mm,
        picture=own,
    )


def all_rows(*, currency: str, size: int = 500) -> Iterator[ProductRow]:
    """Every product that is not archived as a row, oldest first, a batch at a time (flat memory)."""
    ids = Product.objects.exclude(status=Product.Status.ARCHIVED).order_by("id").values_list("id", flat=True)
    for some in _batches(ids, size):
        rows = product_rows(some, currency=currency)
        yield from (rows[pk] for pk in some if pk in rows)


def _batches(ids: QuerySet[Product, UUID], size: int) -> Iterator[list[UUID]]:
    last: UUID | None = None
    while some := list((ids.filter(id__gt=last) if last else ids)[:size]):
        yield some
        last = some[-1]


def variants_without_stock(product_ids: Collection[UUID]) -> list[tuple[UUID, str]]:
    """(id, SKU) of these products' variants that the inventory has never heard of."""
    rows = list(Variant.objects.filter(product_id__in=product_ids).values_list("id", "sku"))
    held = stock.on_hand([variant_id for variant_id, _sku in rows])
    return [(variant_id, sku) for variant_id, sku in rows if variant_id not in held]
