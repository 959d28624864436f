"""A product as data, for search engines and for who shares its address. Every value is one that its page shows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from catalog.products.page import Choice, ProductPage
from shop.core import requests, structured

_SCHEMA = {"in_stock": "InStock", "preorder": "PreOrder", "backorder": "BackOrder", "out": "OutOfStock"}
_DESCRIBED = 500  # characters


def meta(found: ProductPage) -> dict[str, Any]:
    """What the head of the product's page says of it."""
    product, variant = found.product, found.variant
    title = product.seo_title or product.name
    if not product.seo_title and product.brand and product.brand.name.lower() not in product.name.lower():
        title = f"{product.name} – {product.brand.name}"
    crumbs = [str(crumb["label"]) for crumb in found.breadcrumbs]
    told = product.seo_description or structured.described(product.description)
    price = variant.price if variant and not found.is_archived else None
    return {
        "meta_title": title,
        "meta_description": told or _("%(way)s at %(shop)s") % {"way": ": ".join(crumbs), "shop": settings.SHOP_NAME},
        "canonical_url": requests.absolute(product.get_absolute_url()),
        "is_noindex": found.is_archived,
        "meta_type": "product",
        "meta_picture": structured.picture(found.gallery[0] if found.gallery else None),
        "meta_price": price,
        "structured": [structured.script(data(found)), structured.script(structured.breadcrumbs(found.breadcrumbs))],
    }


def data(found: ProductPage) -> dict[str, Any]:
    """The product with its offer and ratings."""
    product, variant = found.product, found.variant
    told: dict[str, Any] = {
        "@type": "Product",
        "name": product.name,
        "description": structured.described(product.description, _DESCRIBED),
        "url": requests.absolute(product.get_absolute_url()),
        "image": [requests.absolute(picture["src"]) for picture in found.gallery],
    }
    if product.brand:
        told["brand"] = {"@type": "Brand", "name": product.brand.name}
    if product.rating_count:
        told["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(product.rating_average),
            "reviewCount": product.rating_count,
        }
        told["review"] = import_string(settings.QUOTED_REVIEWS)(product.pk)
    if variant is not None:
        told["sku"] = variant.sku
        if variant.price is not None and not found.is_archived:
            told["offers"] = _offer(variant, requests.absolute(product.get_absolute_url()))
    return told


def _offer(variant: Choice, address: str) -> dict[str, Any]:
    assert variant.price is not None  # noqa: S101  (asked before)
    told = {
        "@type": "Offer",
        "price": str(variant.price.decimal),
        "priceCurrency": variant.price.currency,
        "availability": f"{structured.CONTEXT}/{_SCHEMA[variant.availability]}",
        "itemCondition": f"{structured.CONTEXT}/NewCondition",
        "url": address,
        "seller": {"@type": "Organization", "name": settings.SHOP_NAME},
    }
    if variant.expected_on and variant.availability in ("preorder", "backorder"):
        told["availabilityStarts"] = variant.expected_on.isoformat()
    if variant.sale_until is not None:
        told["priceValidUntil"] = variant.sale_until.isoformat()
    return told
