"""Which kept pages show a product, and that they are to be made anew. Receivers of events; each may run twice."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from catalog.bundles import selectors as bundles
from catalog.products.models import OldSlug, Product, Variant
from shop.core import pages
from shop.resilience import switches


def pages_of(slug: str) -> list[str]:
    """By what the pages of a product are known, whichever of its slugs they have."""
    return [f"product:{slug}"]


def live_of(slug: str) -> list[str]:
    """The same of what open pages ask for, which is answered in another way while that is shed."""
    return [*pages_of(slug), switches.page_of("live")]


def renew_product(data: dict[str, Any]) -> None:
    """A product, its prices or its reviews changed."""
    renew([UUID(data["product_id"])])


def renew_products(data: dict[str, Any]) -> None:
    """Many of them did."""
    renew([UUID(product_id) for product_id in data["product_ids"]])


def renew_variant(data: dict[str, Any]) -> None:
    """A variant's stock changed, and with it that of the bundles that it is in."""
    variant_id = UUID(data["variant_id"])
    variants = [variant_id, *bundles.containing([variant_id])]
    renew(set(Variant.objects.filter(pk__in=variants).values_list("product_id", flat=True)))


def renew_all(_data: dict[str, Any]) -> None:
    """Something changed that may be on any page: a brand's name, what a kind of product says of itself."""
    pages.forget()


def renew(product_ids: Iterable[UUID]) -> None:
    """The pages of these products are made anew from now on."""
    ids = list(product_ids)
    slugs = [*Product.objects.filter(pk__in=ids).values_list("slug", flat=True)]
    slugs += OldSlug.objects.filter(kind="product", object_id__in=ids).values_list("slug", flat=True)
    pages.changed(*(name for slug in slugs for name in pages_of(slug)))
