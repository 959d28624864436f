"""What can be bought, batch by batch, and the file that was made last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models.functions import Now

from catalog.bundles import selectors as bundles
from catalog.merchantfeed import rules
from catalog.merchantfeed.models import MerchantFeed
from catalog.merchantfeed.rules import Sold
from catalog.products import offering, pictures, pricerules, tree
from catalog.products.models import Image, Product, Variant
from inventory.stock.rules import Availability
from shop.core import requests

BATCH = 500


def latest(currency: str) -> MerchantFeed | None:
    """The file that was made last, with `moment`, the database's clock."""
    return MerchantFeed.objects.filter(currency=currency).annotate(moment=Now()).first()


def has_more_variants(than: int) -> bool:
    """Whether more than so many variants might be in the feed. Counts no further."""
    return _active().order_by()[: than + 1].count() > than


def sold(currency: str) -> Iterator[list[Sold]]:
    """All variants that can be bought in `currency`, a batch at a time, by their ids.

    Three queries a batch, six more where bundles are in it. Memory is that of a batch.
    """
    rows = _batch(currency, UUID(int=0))
    while rows:
        yield list(_sold(rows, currency))
        rows = _batch(currency, rows[-1].pk) if len(rows) == BATCH else []


def _active() -> Any:
    return Variant.objects.filter(is_active=True, product__status=Product.Status.ACTIVE)


def _batch(currency: str, last: UUID) -> list[Any]:
    rows = offering.with_prices(currency).filter(is_active=True, product__status=Product.Status.ACTIVE, pk__gt=last)
    rows = rows.annotate(is_bundle=bundles.has_any("pk"))
    related = rows.select_related("product__brand", "product__category", "product__product_type")
    return list(related.order_by("pk")[:BATCH])


def _sold(rows: Sequence[Any], currency: str) -> Iterator[Sold]:
    made = [row.pk for row in rows if row.is_bundle]
    parts = bundles.parts_of(made)
    whole = offering.offers(made, currency=currency)
    have = bundles.availability([row.pk for row in rows], parts=parts)
    shown = _pictures({row.product_id for row in rows})
    shelves, active = tree.tree(), pricerules.active()  # both ask the cache: once for all
    for row in rows:
        price = rules.price(offering.priced(row, row.product, currency, active=active), row.moment)
        if price is not None and (row.pk not in whole or whole[row.pk].is_sellable):
            category = row.product.category
            names = [node.name for node in shelves.ancestors(category.path)] if category else []
            yield _one(row, currency, price, have[row.pk], shown[row.product_id], names)


def _one(
    row: Any,
    currency: str,
    price: rules.Price,
    have: Availability,
    shown: Mapping[Any, list[str]],
    categories: Sequence[str],
) -> Sold:
    product: Product = row.product
    own = shown.get(row.pk, [])
    others = [address for key, several in shown.items() if key is None for address in several]
    found = [*own, *others] or [address for several in shown.values() for address in several]
    return Sold(
        key=str(row.pk),
        sku=row.sku,
        name=product.name,
        link=requests.absolute(f"{product.get_absolute_url()}?{urlencode({'variant': row.sku})}"),
        currency=currency,
        price=price,
        state=have.state(),
        pictures=list(dict.fromkeys(found)),
        expected_on=have.expected(),
        group=str(product.pk) if product.options else "",
        description=product.description,
        brand=product.brand.name if product.brand else "",
        gtin=row.gtin,
        categories=categories,
        options=row.options,
        attributes={name: str(value) for name, value in product.attributes.items()},
        grams=row.weight_grams,
        is_bundle=row.is_bundle,
    )


def _pictures(product_ids: Iterable[UUID]) -> dict[UUID, dict[UUID | None, list[str]]]:
    """Addresses of pictures by product and variant, in the order of the gallery."""
    found: dict[UUID, dict[UUID | None, list[str]]] = defaultdict(lambda: defaultdict(list))
    for image in Image.objects.filter(product_id__in=product_ids):
        shown = pictures.picture(image)
        if address := requests.absolute(image.file.url) if shown else image.remote_url:
            found[image.product_id][image.variant_id].append(address)
    return found
