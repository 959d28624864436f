"""Writes a made-up catalogue by COPY, some thousand products at a time. May be repeated: adds what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.db import connections, transaction

from catalog.imports import services as imports
from catalog.imports.synthetic import goods, ground
from catalog.imports.synthetic.goods import BATCH, MOMENT, Goods, Row
from catalog.products.models import Product
from inventory.stock import services as stock
from shop.core import db

_PRODUCT = (
    "id, source, external_id, name, slug, description, brand_id, category_id, seller_id, product_type_id, status, "
    "attributes, options, tags, seo_title, seo_description, released_on, rating_average, rating_count, version, "
    "updated_at"
)
_VARIANT = "id, product_id, sku, options, gtin, weight_grams, position, is_active"
_PRICE = "id, variant_id, currency, price_list, min_quantity, amount_minor, sale_minor"
_LISTING_PRICE = "id, product_id, currency, price_list, amount_minor, regular_minor, has_range"
_RECORD = "id, variant_id, currency, price_list, amount_minor, at"
_CATALOG = ("catalog_product", "catalog_variant", "catalog_price", "catalog_listingprice", "catalog_brand")
_INVENTORY = ("inventory_stockitem", "inventory_stockmovement")


@dataclass
class Added:
    """How many products, variants and stock items came in; the others were there."""

    products: int = 0
    variants: int = 0
    stock_items: int = 0


def load(*, products: int, seed: int, progress: Callable[[int, int], None] = lambda done, of: None) -> Added:
    """Make sure that the first `products` (1 to `goods.MAX_PRODUCTS`) products of `seed` are there; tells
    `progress(done, of)` after each batch.

    Each batch is one transaction of the catalogue, then one of the inventory; a run that was ended may be repeated.
    Publishes no events. Raises `imports.ImportRunning`.
    """
    added = Added()
    with imports.only_one():
        for number, made in _batches(products, seed):
            _write(made, added)
            progress(number, products)
        if added.products or added.stock_items:
            _analyze()
    return added


def _batches(products: int, seed: int) -> Iterator[tuple[int, Goods]]:
    """The goods of each batch with the number of the product after them. While one is written, the next is made."""
    base, standing = db.uuid7_floor(MOMENT).int, ground.begin()
    with ThreadPoolExecutor(max_workers=1) as maker:
        waiting = None
        for first in range(0, products, BATCH):
            stop = min(first + BATCH, products)
            ground.extend(standing, number=stop)
            coming = maker.submit(goods.batch, seed=seed, first=first, stop=stop, base=base, ground=standing)
            if waiting:
                yield first, waiting.result()
            waiting = coming
        if waiting:
            yield products, waiting.result()


def _write(made: Goods, added: Added) -> None:
    """The catalogue's rows of the products that are not there, then the units of variants that have no stock item."""
    ends = (made.products[0][0], made.products[-1][0])  # their keys are in the order of their numbers
    known = Product.objects.filter(pk__range=ends).values_list("pk", flat=True)
    if known:
        made = made.without({key.hex for key in known})
    if made.products:
        with transaction.atomic(using=db.CATALOG), connections[db.CATALOG].cursor() as cursor:
            _copy(cursor, "catalog_product", _PRODUCT, made.products)
            _copy(cursor, "catalog_variant", _VARIANT, made.variants)
            _copy(cursor, "catalog_price", _PRICE, made.prices)
            _copy(cursor, "catalog_listingprice", _LISTING_PRICE, made.listing_prices)
            _copy(cursor, "catalog_pricerecord", _RECORD, _records(made))
    rows = [stock.InitialStock(*row) for row in made.stock]
    added.stock_items += stock.load_many(rows=rows, reason="generated catalogue", by=ground.BY)
    added.products += len(made.products)
    added.variants += len(made.variants)


def _records(made: Goods) -> Iterator[Row]:
    """What each variant costs from the beginning."""
    for _key, variant, currency, price_list, _from, amount, sale in made.prices:
        yield db.uuid7().hex, variant, currency, price_list, amount if sale is None else sale, MOMENT.isoformat()


def _copy(cursor: Any, table: str, columns: str, rows: Iterable[Row]) -> None:
    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _analyze() -> None:
    """Tell the planner how much there is now: lists are made from it right afterwards."""
    for using, tables in ((db.CATALOG, _CATALOG), (db.INVENTORY, _INVENTORY)):
        with connections[using].cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(tables)}")
