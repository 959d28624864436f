"""Commands on products and their variants. Each opens its own transaction of the catalogue's database, writes the audit
log and publishes `ProductChanged`. Prices are in `prices`, the tree in `categories`, pictures in `pictures`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from catalog.products import locking, pricerules, rules
from catalog.products import variants as variants_
from catalog.products.brands import default_seller, ensure_brand, ensure_product_type
from catalog.products.models import Attribute, OldSlug, Product
from catalog.products.prices import refresh, remove_price, reprice, set_price
from catalog.products.variants import BadProduct, NewVariant, add_variants, make_matrix, update_variant
from shop.core import db
from shop.core.money import Money

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
    "make_matrix",
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
    """A new product with its variants. Other `fields`: description, brand_id, category_id, tags, released_on, SEO
    texts.

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
        variants_.insert(product, variants, by=by)
        variants_.tell(product, "product.create", by, {"name": product.name, "status": status})
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
        if pricerules.active():
            reprice([product_id])  # what promotions are for may be another product now
        shown = {name: [str(before[name]), str(getattr(product, name))] for name in changes if name != "description"}
        variants_.tell(product, "product.update", by, shown)
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
