"""Brands, product types and the shop as a seller: found by name, or made on first use."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings

from catalog.products import rules
from catalog.products.models import Attribute, Brand, ProductType, Seller


def ensure_brand(*, name: str) -> Brand:
    """The brand of this name, made if it is new."""
    name = " ".join(name.split())[:120]
    brand = Brand.objects.filter(name=name).first()
    if brand is None:
        base, number = rules.slug(name, "brand"), 1
        while Brand.objects.filter(slug=rules.numbered(base, number)).exists():
            number += 1
        brand, _created = Brand.objects.get_or_create(name=name, defaults={"slug": rules.numbered(base, number)})
    return brand


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
    seller, _created = Seller.objects.get_or_create(
        is_default=True, defaults={"name": settings.SHOP_NAME, "slug": rules.slug(settings.SHOP_NAME, "shop")}
    )
    return seller
