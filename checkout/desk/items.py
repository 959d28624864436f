"""What was ordered, on the order's page: each line, and each bundle as one with its parts, as the cart had them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.products import selectors as products
from checkout.orders import bundled
from checkout.orders import lines as order_lines
from inventory.stock import wording as stock_wording


def rows(order: Any, lines: Sequence[Any]) -> list[dict[str, Any]]:
    """Pictures and links as the catalogue has them now: the same queries, whatever the number of lines."""
    found = bundled.items(lines)
    bundles = [UUID(item.bundle["variant_id"]) for item in found if item.bundle]
    offers = products.offers([*(line.variant_id for line in lines), *bundles], currency=order.currency)
    return [
        _bundle(order, item, offers.get(UUID(item.bundle["variant_id"])))
        if item.bundle
        else _line(order, item.lines[0], offers.get(item.lines[0].variant_id))
        for item in found
    ]


def _line(order: Any, line: Any, offer: Any) -> dict[str, Any]:
    """A line as it was bought."""
    return {
        "name": line.name,
        "options": order_lines.in_lines(line),
        "quantity": line.quantity,
        "is_gone": not line.quantity,
        "notes": _notes([line]),
        "expected": stock_wording.promise(line.expected_on),
        "unit_price": order.money(line.unit_price_minor),
        "line_total": order.money(line.total_minor),
        "parts": [],
        **_shown(offer),
    }


def _bundle(order: Any, item: bundled.Item, offer: Any) -> dict[str, Any]:
    """A bundle: what it costs is said once. Its price for one is told while nothing of it was taken off."""
    told: Any = item.bundle
    price = told["unit_price_minor"]
    is_as_bought = item.is_whole and price * told["quantity"] == item.total_minor
    return {
        "name": told["name"],
        "options": "",
        "quantity": told["quantity"],
        "is_gone": item.is_gone,
        "notes": _free(item.lines),
        "expected": "",
        "unit_price": order.money(price) if is_as_bought else None,
        "line_total": order.money(item.total_minor),
        "parts": [
            {
                "name": part.name,
                "options": part.options,
                "quantity": part.quantity,
                "notes": _came_off(part.lines),
                "expected": stock_wording.promise(part.expected_on) if part.quantity else "",
            }
            for part in item.parts
        ],
        **_shown(offer),
    }


def _shown(offer: Any) -> dict[str, Any]:
    return {
        "picture": offer.picture if offer else None,
        "url": offer.url if offer and offer.is_sellable else None,
    }


def _notes(lines: Sequence[Any]) -> list[str]:
    return [*_free(lines), *_came_off(lines)]


def _free(lines: Sequence[Any]) -> list[str]:
    total = sum(line.total_minor for line in lines)
    return [_("Free")] if sum(line.discount_minor for line in lines) == total > 0 else []


def _came_off(lines: Sequence[Any]) -> list[str]:
    removed, returned = sum(line.removed for line in lines), sum(line.returned for line in lines)
    notes = []
    if removed:
        notes.append(ngettext("%(count)s cancelled", "%(count)s cancelled", removed) % {"count": removed})
    if returned:
        notes.append(ngettext("%(count)s returned", "%(count)s returned", returned) % {"count": returned})
    return notes
