"""Goods that a method does not carry, as merchants type them, and back.

One a line: category: home/lamps · brand: acme · product: SKU · variant: SKU · tag: fragile
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from catalog.products import selectors as products
from catalog.products import tree

MOST = 500


class BadLine(ValueError):
    """A line that names nothing of the shop. `str()` is the line."""


def keys(text: str) -> list[str]:
    """Keys as goods have them. Raises `BadLine`."""
    found = [_key(line) for line in filter(None, map(str.strip, text.splitlines()))]
    if len(found) > MOST:
        raise BadLine(f"{len(found)} > {MOST}")
    return list(dict.fromkeys(found))


def text(stored: str) -> str:
    """The lines of stored keys."""
    return "\n".join(_line(key) for key in stored.split("\n") if key)


def _key(line: str) -> str:
    name, _colon, value = (part.strip() for part in line.partition(":"))
    found = ""
    if value and name.lower() in {"brand", "tag"}:
        found = value.lower() if name.lower() == "brand" else value
    elif value and name.lower() == "category":
        node = tree.tree().at(value)
        found = str(node.id) if node else ""
    elif value and name.lower() in {"product", "variant"}:
        found = _by_sku(value, is_product=name.lower() == "product")
    if not found:
        raise BadLine(line)
    return f"{name.lower()}:{found}"


def _by_sku(sku: str, *, is_product: bool) -> str:
    variant = products.variant_of(sku=sku)
    if variant is None or not is_product:
        return str(variant or "")
    offer = products.offers([variant], currency=settings.DEFAULT_CURRENCY).get(variant)
    return str(offer.product_id) if offer else ""


def _line(key: str) -> str:
    name, _colon, value = key.partition(":")
    if name == "category":
        value = next((node.url_path for node in tree.tree().nodes if str(node.id) == value), value)
    elif name in {"product", "variant"}:
        value = _sku(value, is_product=name == "product") or value
    return f"{name}: {value}"


def _sku(key: str, *, is_product: bool) -> str:
    variant = products.variant_of(product_id=UUID(key)) if is_product else UUID(key)
    offers = products.offers([variant], currency=settings.DEFAULT_CURRENCY) if variant else {}
    return offers[variant].sku if variant in offers else ""
