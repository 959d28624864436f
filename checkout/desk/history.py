"""Orders as lists show them: the history, the account's first page, and the pages of a list."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.urls import reverse

from catalog.products import selectors as products

_PICTURES = 4  # of an order, in a list


def rows(found: Iterable[Any]) -> list[dict[str, Any]]:
    """Orders (lines prefetched), each with the pictures of what was bought. Two queries for each currency in them."""
    orders = list(found)
    offers: dict[Any, Any] = {}
    for currency, some in groupby(sorted(orders, key=lambda order: order.currency), key=lambda order: order.currency):
        offers |= products.offers([line.variant_id for order in some for line in order.lines.all()], currency=currency)
    return [_row(order, offers) for order in orders]


def _row(order: Any, offers: dict[Any, Any]) -> dict[str, Any]:
    lines = [line for line in order.lines.all() if line.quantity] or list(order.lines.all())
    shown = [(line, offers.get(line.variant_id)) for line in lines[:_PICTURES]]
    return {
        "number": order.number,
        "url": reverse("order", args=[order.number]),
        "reorder_url": reverse("order_reorder", args=[order.number]),
        "created_at": order.placed_at,
        "status": order.status,
        "status_label": order.get_status_display(),
        "total": order.total,
        "unit_count": sum(line.quantity for line in lines),
        "pictures": [{"name": line.name, "picture": offer.picture if offer else None} for line, offer in shown],
        "more": max(0, len(lines) - _PICTURES),
        "names": ", ".join(line.name for line in lines[:_PICTURES]),
    }


def page_links(number: int, total: int, size: int) -> dict[str, Any]:
    """Previous, next and the numbers around."""
    last = max(1, -(-total // size))
    near = [n for n in range(1, last + 1) if n in {1, last} or abs(n - number) <= 2]
    links: list[dict[str, Any] | None] = []
    for before, n in zip([0, *near], near, strict=False):
        if n > before + 1:
            links.append(None)
        links.append({"number": n, "url": f"?page={n}", "is_current": n == number})
    return {
        "number": number,
        "count": last,
        "previous_url": f"?page={number - 1}" if number > 1 else None,
        "next_url": f"?page={number + 1}" if number < last else None,
        "links": links,
    }
