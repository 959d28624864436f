"""What the product page reads, by queries that are written once."""

from __future__ import annotations

from uuid import UUID

from django.db.models import QuerySet

from catalog.customizations import selectors as customizations
from catalog.products.models import Attribute, Image, Product
from shop.core import prepared


@prepared.query
def product(slug: str | None, key: UUID | None) -> QuerySet[Product]:
    """The product of this slug, or else of this key, with brand, category, type and seller, and whether it `has_asked`
    anything of who buys it.
    """
    found = Product.objects.select_related("brand", "category", "product_type", "seller").order_by()
    found = found.annotate(has_asked=customizations.has_any("pk", "product_type_id"))
    return found.filter(slug=slug) if key is None else found.filter(pk=key)


@prepared.query
def images(product_id: UUID) -> QuerySet[Image]:
    """Its pictures that have a file, in order."""
    return Image.objects.filter(product_id=product_id).exclude(file="")


@prepared.query
def attributes(product_type_id: UUID) -> QuerySet[Attribute, tuple[str, str, str]]:
    """(code, name, unit) of what is told of products of a type, in order."""
    return Attribute.objects.filter(product_type_id=product_type_id).values_list("code", "name", "unit")
