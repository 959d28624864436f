"""Commands on products and their variants. Each opens its own transaction of the catalogue's database, writes the audit
log and publishes `ProductChanged`. Prices are in `prices`, the tree in `categories`, pictures in `pictures`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from catalog.products import locking, prices, rules
from catalog.products.brands import default_seller, ensure_brand, ensure_product_type
from catalog.products.models import Attribute, OldSlug, Price, Product, Variant
from catalog.products.prices import refresh, remove_price, reprice, set_price
from shop.audit import services as audit
from shop.core import db
from shop.core.money import Money
from shop.events import bus, types

__all__ = [
    "BadProduct",
    "NewVariant",
    "PriceChange",
    "activate",
    "add_variants",
    "archive",
    "create",
    "default_seller",
    "ensure_brand",
    "ensure_product_type",
    "free_slugs",
    "refresh",
    "remove_price",
    "reprice",
    "revise",
    "set_price",
    "update",
    "update_variant",
]

_TEXTS = {"name": 300, "description": 100_000, "seo_title": 120, "seo_description": 300}
_FREE = {"brand_id", "category_id", "seller_id", "tags", "released_on", "description", "seo_title", "seo_description"}
EDITABLE = _FREE | {"name", "slug", "attributes", "options", "product_type_id", "status"}
_VARIANT_FIELDS = {
    "gtin",
    "weight_grams",
    "length_mm",
    "width_mm",
    "height_mm",
    "position",
    "is_active",
    "sku",
    "options",
}


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


def create(
    *,
    name: str,
    product_type_id: UUID,
    by: str,
    seller_id: UUID | None = None,
    status: str = "draft",
    attributes: Mapping[str, Any] | None = None,
    options: Sequence[str] = (),
    slug: str = "",
    variants: Sequence[NewVariant] = (),
    **fields: Any,
) -> Product:
    """A new product with its variants. Other `fields`: description, brand_id, category_id, tags, released_on, SEO texts.

    Raises `BadProduct`.
    """
    _check_texts({"name": name, **fields}, allowed=_FREE | {"name"})
    if status not in {Product.Status.DRAFT, Product.Status.ACTIVE}:
        raise BadProduct({"status": "draft or active"})
    with transaction.atomic(using=db.CATALOG):
        product = Product(
            name=" ".join(name.split()),
            slug=free_slugs([slug or name])[0],
            product_type_id=product_type_id,
            seller_id=seller_id or default_seller().pk,
            status=status,
            attributes=_attributes(product_type_id, attributes or {}),
            options=list(options),
            **fields,
        )
        product.save(force_insert=True)
        _insert_variants(product, variants)
        _tell(product, "product.create", by, {"name": product.name, "status": status})
    return product


def update(*, product_id: UUID, by: str, **changes: Any) -> Product:
    """Change some fields of a product (see `EDITABLE`). A new name gives it a new slug; the old one answers 301.

    Raises `BadProduct`, `Product.DoesNotExist`.
    """
    _check_texts(changes, allowed=EDITABLE)
    with transaction.atomic(using=db.CATALOG):
        product = locking.product(product_id)
        before = {name: getattr(product, name) for name in changes}
        _apply(product, changes)
        product.version += 1
        product.save()
        shown = {name: [str(before[name]), str(getattr(product, name))] for name in changes if name != "description"}
        _tell(product, "product.update", by, shown)
    return product


@dataclass(frozen=True)
class PriceChange:
    """What one variant is to cost."""

    variant_id: UUID
    amount: Money
    sale: Money | None = None


def revise(*, product_id: UUID, by: str, changes: Mapping[str, Any], price: PriceChange | None = None) -> Product:
    """Change fields and a price together, or neither. Raises what `update` and `set_price` do."""
    with transaction.atomic(using=db.CATALOG):
        product = update(product_id=product_id, by=by, **changes)
        if price is not None:
            set_price(variant_id=price.variant_id, amount=price.amount, sale=price.sale, by=by)
    return product


def _apply(product: Product, changes: dict[str, Any]) -> None:
    if "name" in changes:
        changes["name"] = " ".join(changes["name"].split())
        if changes["name"] != product.name and not changes.get("slug"):
            changes["slug"] = changes["name"]
    slug = changes.pop("slug", "")
    for name in changes.keys() - {"attributes", "status"}:
        setattr(product, name, changes[name])
    if slug:
        rename(product, slug)
    if "attributes" in changes or "product_type_id" in changes:
        product.attributes = _attributes(product.product_type_id, changes.get("attributes", product.attributes))
    if "status" in changes:
        _set_status(product, changes["status"])


def rename(product: Product, slug: str) -> None:
    """Give the locked `product` a new slug and remember the old one. The caller saves it."""
    wanted = rules.slug(slug)
    if wanted == product.slug:
        return
    OldSlug.objects.filter(kind="product", slug=wanted, object_id=product.pk).delete()  # back to an old name of its own
    new = free_slugs([wanted])[0]
    OldSlug.objects.update_or_create(kind="product", slug=product.slug, defaults={"object_id": product.pk})
    product.slug = new


def archive(*, product_id: UUID, by: str) -> Product:
    """Take a product out of the shop for good or for a while; orders and carts still know it."""
    return update(product_id=product_id, by=by, status=Product.Status.ARCHIVED)


def activate(*, product_id: UUID, by: str) -> Product:
    """Put a draft or archived product into the shop."""
    return update(product_id=product_id, by=by, status=Product.Status.ACTIVE)


def _set_status(product: Product, status: str) -> None:
    if status not in Product.Status.values:
        raise BadProduct({"status": f"one of {', '.join(Product.Status.values)}"})
    product.status = status
    if status != Product.Status.ARCHIVED:
        product.archived_at = None
    elif product.archived_at is None:
        product.archived_at = db.clock(db.CATALOG)


def add_variants(*, product_id: UUID, variants: Sequence[NewVariant], by: str) -> list[Variant]:
    """More variants of a product, in this order after those it has. Raises `BadProduct` (SKU taken, options doubled)."""
    with transaction.atomic(using=db.CATALOG):
        product = locking.product(product_id)
        made = _insert_variants(product, variants)
        Product.objects.filter(pk=product_id).update(version=F("version") + 1, updated_at=Now())
        _tell(product, "product.add_variants", by, {"skus": [variant.sku for variant in made]})
    return made


def update_variant(*, variant_id: UUID, by: str, **changes: Any) -> Variant:
    """Change some fields of a variant; `is_active=False` takes it out of the shop. Raises `BadProduct`."""
    unknown = changes.keys() - _VARIANT_FIELDS
    if unknown:
        raise BadProduct(dict.fromkeys(unknown, "unknown field"))
    with transaction.atomic(using=db.CATALOG):
        variant = Variant.objects.get(pk=variant_id)
        product = locking.product(variant.product_id)
        sku = changes.get("sku", variant.sku)
        if sku != variant.sku:
            _check_skus([sku])
        for name, value in changes.items():
            setattr(variant, name, value)
        variant.save()
        reprice([product.pk])
        Product.objects.filter(pk=product.pk).update(version=F("version") + 1, updated_at=Now())
        _tell(product, "variant.update", by, {"sku": variant.sku, "fields": sorted(changes)})
    return variant


def _insert_variants(product: Product, variants: Sequence[NewVariant]) -> list[Variant]:
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
        measures = {
            name: getattr(variant, name) for name in ("gtin", "weight_grams", "length_mm", "width_mm", "height_mm")
        }
        rows.append(Variant(product=product, sku=variant.sku, options=options, position=len(known) - 1, **measures))
    made = Variant.objects.bulk_create(rows)
    _insert_prices(product, zip(made, variants, strict=True))
    return made


def _insert_prices(product: Product, pairs: Iterable[tuple[Variant, NewVariant]]) -> None:
    """The prices that new variants come with, and with them the product's listing price."""
    rows = []
    for variant, new in pairs:
        if new.price is None:
            continue
        prices.check(new.price, new.sale)
        sale = new.sale.minor if new.sale else None
        rows.append(Price(variant=variant, currency=new.price.currency, amount_minor=new.price.minor, sale_minor=sale))
    Price.objects.bulk_create(rows)
    reprice([product.pk])


def _check_skus(skus: Sequence[str]) -> None:
    for sku in skus:
        if not sku.strip() or len(sku) > 255 or "\x00" in sku:
            raise BadProduct({"sku": "1 to 255 characters"})
    taken = Variant.objects.filter(sku__in=skus).values_list("sku", flat=True).first()
    if taken or len(set(skus)) != len(skus):
        raise BadProduct({"sku": f"{taken or 'a SKU'} is used twice"})


def free_slugs(names: Sequence[str]) -> list[str]:
    """A slug for each of these names that no product has or had, in the same order; few queries for many names."""
    wanted = [rules.slug(name) for name in names]
    chosen: dict[int, str] = {}
    used: set[str] = set()
    number = 1
    while len(chosen) < len(wanted):
        open_ = {i: rules.numbered(base, number) for i, base in enumerate(wanted) if i not in chosen}
        candidates = set(open_.values())
        used |= set(Product.objects.filter(slug__in=candidates).values_list("slug", flat=True))
        used |= set(OldSlug.objects.filter(kind="product", slug__in=candidates).values_list("slug", flat=True))
        for i, slug in open_.items():
            if slug not in used:
                chosen[i] = slug
                used.add(slug)
        number += 1
    return [chosen[i] for i in range(len(wanted))]


def specs(product_type_id: UUID) -> list[rules.AttributeSpec]:
    """What a product type says of its attributes, as the pure rules take it."""
    rows = Attribute.objects.filter(product_type_id=product_type_id)
    return [rules.AttributeSpec(row.code, row.kind, tuple(row.choices), row.is_required) for row in rows]


def _attributes(product_type_id: UUID, values: Mapping[str, Any]) -> dict[str, Any]:
    clean, errors = rules.clean_attributes(specs(product_type_id), values)
    if errors:
        raise BadProduct({f"attributes.{code}": problem for code, problem in errors.items()})
    return clean


def _check_texts(values: Mapping[str, Any], *, allowed: set[str]) -> None:
    problems = dict.fromkeys(values.keys() - allowed, "unknown field")
    for name, longest in _TEXTS.items():
        text = values.get(name, "")
        if not isinstance(text, str) or len(text) > longest or "\x00" in text:
            problems[name] = f"a text of at most {longest} characters"
    if "name" in values and isinstance(values["name"], str) and not values["name"].strip():
        problems["name"] = "required"
    if problems:
        raise BadProduct(problems)


def _tell(product: Product, action: str, by: str, changes: Mapping[str, Any]) -> None:
    audit.record(action=action, by=by, object_type="product", object_id=product.pk, changes=changes, using=db.CATALOG)
    bus.publish(types.ProductChanged(product_id=product.pk), using=db.CATALOG)
