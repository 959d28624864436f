"""Brands, product types and the shop as a seller: found by name, or made on first use."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.db import transaction

from catalog.products import rules
from catalog.products.models import Attribute, Brand, OldSlug, ProductType, Seller
from shop.audit import services as audit
from shop.core import db
from shop.events import bus, types


def ensure_brand(*, name: str) -> Brand:
    """The brand of this name, made if it is new."""
    name = " ".join(name.split())[:120]
    brand = Brand.objects.filter(name=name).first()
    if brand is None:
        brand, _created = Brand.objects.get_or_create(name=name, defaults={"slug": _free_slug(Brand, name)})
    return brand


def ensure_seller(*, name: str) -> Seller:
    """The seller of this name, made if it is new."""
    seller = Seller.objects.filter(name=name).first()
    if seller is None:
        seller, _created = Seller.objects.get_or_create(name=name, defaults={"slug": _free_slug(Seller, name)})
    return seller


def _free_slug(model: type[Brand] | type[Seller], name: str) -> str:
    base, number = rules.slug(name, str(model._meta.model_name)), 1
    while model.objects.filter(slug=rules.numbered(base, number)).exists():
        number += 1
    return rules.numbered(base, number)


def save_brand(*, brand: Brand, by: str) -> None:
    """Write a new or changed brand; its products' listings follow. A changed slug keeps answering 301."""
    with transaction.atomic(using=db.CATALOG):
        old = Brand.objects.filter(pk=brand.pk).values_list("slug", flat=True).first()
        if old is not None and old != brand.slug:
            OldSlug.objects.filter(kind="brand", slug=brand.slug).delete()
            OldSlug.objects.update_or_create(kind="brand", slug=old, defaults={"object_id": brand.pk})
        brand.save()
        audit.record(
            action="brand.save",
            by=by,
            object_type="brand",
            object_id=brand.pk,
            changes={"name": brand.name},
            using=db.CATALOG,
        )
        bus.publish(types.BrandChanged(brand_id=brand.pk), using=db.CATALOG)


def touch_product_type(*, product_type_id: UUID, by: str) -> None:
    """A product type or its attributes were changed: say so, that lists follow."""
    with transaction.atomic(using=db.CATALOG):
        audit.record(
            action="product_type.save", by=by, object_type="product_type", object_id=product_type_id, using=db.CATALOG
        )
        bus.publish(types.ProductTypeChanged(product_type_id=product_type_id), using=db.CATALOG)


def ensure_product_type(*, code: str, name: str, attributes: Iterable[Attribute] = ()) -> ProductType:
    """The product type of this code, made if it is new; attributes it lacks are added."""
    attributes = list(attributes)
    kind, _created = ProductType.objects.get_or_create(code=code, defaults={"name": name})
    for attribute in attributes:
        attribute.product_type = kind
    Attribute.objects.bulk_create(attributes, ignore_conflicts=True)
    return kind


def default_seller() -> Seller:
    """The shop itself, made on first use."""
    seller = Seller.objects.filter(is_default=True).first()
    if seller is None:
        slug = rules.slug(settings.SHOP_NAME, "shop")
        seller, _created = Seller.objects.get_or_create(
            name=settings.SHOP_NAME, defaults={"slug": slug, "is_default": True}
        )
    return seller
