"""A product as data, for search engines and for who shares its address. Every value is one that its page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from catalog.products import rules
from catalog.products.page import Choice, ProductPage
from shop.core import requests, structured

_SCHEMA = {"in_stock": "InStock", "preorder": "PreOrder", "backorder": "BackOrder", "out": "OutOfStock"}
_DESCRIBED = 500  # characters
_MOST = 50  # variants


def meta(found: ProductPage, *, delivery: Mapping[str, Any] | None = None, returns: Any = None) -> dict[str, Any]:
    """What the head of the product's page says of it. `delivery` and `returns` are as the page has them
    (`arriving`)."""
    product, variant = found.product, found.variant
    title = product.seo_title or product.name
    if not product.seo_title and product.brand and product.brand.name.lower() not in product.name.lower():
        title = f"{product.name} – {product.brand.name}"
    crumbs = [str(crumb["label"]) for crumb in found.breadcrumbs]
    described = product.seo_description or structured.described(product.description)
    price = variant.price if variant and not found.is_archived else None
    told = data(found, delivery=delivery["data"] if delivery else None, returns=returns.data if returns else None)
    return {
        "meta_title": title,
        "meta_description": described
        or _("%(way)s at %(shop)s") % {"way": ": ".join(crumbs), "shop": settings.SHOP_NAME},
        "canonical_url": requests.absolute(product.get_absolute_url()),
        "is_noindex": found.is_archived,
        "meta_type": "product",
        "meta_picture": structured.picture(found.gallery[0] if found.gallery else None),
        "meta_price": price,
        "structured": [structured.script(told), structured.script(structured.breadcrumbs(found.breadcrumbs))],
    }


def data(
    found: ProductPage, *, delivery: Mapping[str, Any] | None = None, returns: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The product with its ratings and its offer; one with several variants is a group of them, each with its own.
    How the chosen one is delivered is `delivery`, how all may be sent back `returns` (None: nothing is said).
    """
    product, address = found.product, requests.absolute(found.product.get_absolute_url())
    told: dict[str, Any] = {
        "@type": "Product",
        "name": product.name,
        "description": structured.described(product.description, _DESCRIBED),
        "url": address,
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
    sold = () if found.is_archived else [one for one in found.variants if one.price is not None]
    if len(found.variants) > 1 and sold:
        return told | _group(found, sold, address, delivery, returns)
    if found.variant is not None:
        told["sku"] = found.variant.sku
    if sold:
        told["offers"] = _offer(sold[0], address) | _terms(delivery, returns)
    return told


def _group(
    found: ProductPage,
    sold: Sequence[Choice],
    address: str,
    delivery: Mapping[str, Any] | None,
    returns: dict[str, Any] | None,
) -> dict[str, Any]:
    """Of the variants that are sold, each at the address that shows it. What is sent back how is said of the first one,
    and the others name it: a page with fifty of them stays small.
    """
    product = found.product
    meanings = {name: rules.MEANINGS.get(name.strip().lower(), "") for name in product.options}
    labels = [{one["value"]: one["label"] for one in option["values"]} for option in found.options]
    named = {} if returns is None else {"@id": f"{address}#returns"}
    told = []
    for place, one in enumerate(sold[:_MOST]):
        values = {name: said.get(one.options.get(name, ""), "") for name, said in zip(meanings, labels, strict=True)}
        its = {meaning: values[name] for name, meaning in meanings.items() if meaning and values[name]}
        its |= {"image": requests.absolute(picture)} if (picture := _look(found, one)) else {}
        is_shown = found.variant is not None and one.id == found.variant.id
        terms = _terms(delivery if is_shown else None, (named | returns if place == 0 else named) if returns else None)
        told.append({
            "@type": "Product",
            "name": " – ".join(filter(None, [product.name, ", ".join(filter(None, values.values()))])),
            "sku": one.sku,
            **its,
            "offers": _offer(one, f"{address}?variant={quote(one.sku, safe='')}") | terms,
        })  # fmt: skip
    varies = [f"{structured.CONTEXT}/{meaning}" for meaning in meanings.values() if meaning]
    return {
        "@type": "ProductGroup",
        "productGroupID": str(product.pk),  # as in the feed
        **({"variesBy": varies} if varies else {}),
        "hasVariant": told,
    }


def _look(found: ProductPage, variant: Choice) -> str:
    """The picture of a variant: its own, else the first one of the product as a whole."""
    return found.looks.get(variant.id) or found.looks.get(None) or ""


def _terms(delivery: Mapping[str, Any] | None, returns: dict[str, Any] | None) -> dict[str, Any]:
    told = {"shippingDetails": delivery, "hasMerchantReturnPolicy": returns}
    return {name: said for name, said in told.items() if said}


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
