"""Commands on a product's variants. Each opens its own transaction of the catalogue's database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from catalog.products import locking, prices, rules
from catalog.products.models import Price, Product, Variant
from inventory.stock import services as stock
from shop.audit import services as audit
from shop.core import db
from shop.core.money import Money
from shop.events import bus, types

_EDITABLE = {"gtin", "weight_grams", "length_mm", "width_mm", "height_mm", "position", "is_active", "sku", "options"}


class BadProduct(ValueError):
    """A product or variant cannot be kept like this. `fields` says what is wrong, by field."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in fields.items()))
        self.fields = dict(fields)


@dataclass(frozen=True)
class NewVariant:
    """A variant to be made; measures are in grams and millimetres."""

    sku: str
    options: Mapping[str, str] = field(default_factory=dict)
    gtin: str = ""
    weight_grams: int | None = None
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None
    price: Money | None = None
    sale: Money | None = None


def add_variants(*, product_id: UUID, variants: Sequence[NewVariant], by: str) -> list[Variant]:
    """More variants of a product, in this order after those it has. Raises `BadProduct` (SKU taken, same options)."""
    with transaction.atomic(using=db.CATALOG):
        product = locking.product(product_id)
        made = insert(product, variants, by=by)
        Product.objects.filter(pk=product_id).update(version=F("version") + 1, updated_at=Now())
        tell(product, "product.add_variants", by, {"skus": [variant.sku for variant in made]})
    return made


def make_matrix(
    *, product_id: UUID, choices: Mapping[str, Sequence[str]], sku_prefix: str, by: str, price: Money | None = None
) -> list[Variant]:
    """A variant for every combination of `choices` ({"Colour": ["Moss", "Navy"], …}) that the product lacks.

    The product's options become those of `choices` if it has no variants yet; else they must agree. Raises
    `BadProduct`, `rules.BadOptions`.
    """
    combinations = rules.option_matrix(choices)
    with transaction.atomic(using=db.CATALOG):
        product = locking.product(product_id)
        known = list(product.variants.values_list("options", flat=True))
        if known and set(product.options) != set(choices):
            raise BadProduct({"options": f"the product's options are {', '.join(product.options) or 'none'}"})
        Product.objects.filter(pk=product_id).update(options=list(choices) if not known else product.options)
        missing = [options for options in combinations if options not in known]
        new = [NewVariant(rules.variant_sku(sku_prefix, options), options, price=price) for options in missing]
        return add_variants(product_id=product_id, variants=new, by=by)


def update_variant(*, variant_id: UUID, by: str, **changes: Any) -> Variant:
    """Change some fields of a variant; `is_active=False` takes it out of the shop. Raises `BadProduct`."""
    unknown = changes.keys() - _EDITABLE
    if unknown:
        raise BadProduct(dict.fromkeys(unknown, "unknown field"))
    with transaction.atomic(using=db.CATALOG):
        variant = Variant.objects.get(pk=variant_id)
        product = locking.product(variant.product_id)
        sku = changes.get("sku", variant.sku)
        if sku != variant.sku:
            _check_skus([sku])
        if changes.get("gtin", variant.gtin) != variant.gtin:
            changes["gtin"] = _gtin(variant.sku, changes["gtin"])
        for name, value in changes.items():
            setattr(variant, name, value)
        variant.save()
        _open_stock([variant], by)
        prices.reprice([product.pk])
        Product.objects.filter(pk=product.pk).update(version=F("version") + 1, updated_at=Now())
        tell(product, "variant.update", by, {"sku": variant.sku, "fields": sorted(changes)})
    return variant


def insert(product: Product, variants: Sequence[NewVariant], *, by: str) -> list[Variant]:
    """New variants of a locked product with their prices and, afterwards, stock items of no units."""
    if not variants:
        return []
    _check_skus([variant.sku for variant in variants])
    known = list(product.variants.values_list("options", flat=True))
    rows = []
    for variant in variants:
        options = dict(variant.options)
        if set(options) != set(product.options):
            raise BadProduct({"options": f"{variant.sku}: needs {', '.join(product.options) or 'no options'}"})
        if options in known:
            raise BadProduct({"options": f"{variant.sku}: this combination is there already"})
        known.append(options)
        measures = {name: getattr(variant, name) for name in ("weight_grams", "length_mm", "width_mm", "height_mm")}
        measures["gtin"] = _gtin(variant.sku, variant.gtin)
        rows.append(Variant(product=product, sku=variant.sku, options=options, position=len(known) - 1, **measures))
    made = Variant.objects.bulk_create(rows)
    _insert_prices(product, zip(made, variants, strict=True))
    _open_stock(made, by)
    return made


def _open_stock(variants: Sequence[Variant], by: str) -> None:
    """A stock item of 0 units for those that have none, so that the merchant finds them there.

    After the transaction: the stock may live in another database. Should that fail, the product stays, and saving
    the variant once more makes up for it.
    """
    rows = [stock.InitialStock(variant.pk, variant.sku, 0) for variant in variants]
    transaction.on_commit(lambda: stock.load(rows=rows, reason="new variant", by=by), using=db.CATALOG, robust=True)


def _gtin(sku: str, text: str) -> str:
    """A GTIN as it is kept, or nothing. Raises `BadProduct`."""
    try:
        return rules.gtin(text) if text.strip() else ""
    except rules.BadGtin as problem:
        raise BadProduct({"gtin": f"{sku}: {problem}"}) from problem


def _insert_prices(product: Product, pairs: Iterable[tuple[Variant, NewVariant]]) -> None:
    """The prices that new variants come with, and with them the product's listing price."""
    rows = []
    for variant, new in pairs:
        if new.price is None:
            continue
        prices.check(new.price, new.sale)
        prices.check_card(product.product_type.tax_class, new.price, new.sale)
        sale = new.sale.minor if new.sale else None
        rows.append(Price(variant=variant, currency=new.price.currency, amount_minor=new.price.minor, sale_minor=sale))
    Price.objects.bulk_create(rows)
    prices.reprice([product.pk])


def _check_skus(skus: Sequence[str]) -> None:
    for sku in skus:
        if not sku.strip() or len(sku) > 255 or "\x00" in sku:
            raise BadProduct({"sku": "1 to 255 characters"})
    taken = Variant.objects.filter(sku__in=skus).values_list("sku", flat=True).first()
    if taken or len(set(skus)) != len(skus):
        raise BadProduct({"sku": f"{taken or 'a SKU'} is used twice"})


def tell(product: Product, action: str, by: str, changes: Mapping[str, Any]) -> None:
    audit.record(action=action, by=by, object_type="product", object_id=product.pk, changes=changes, using=db.CATALOG)
    bus.publish(types.ProductChanged(product_id=product.pk), using=db.CATALOG)
