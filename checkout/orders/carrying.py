"""Another price of an order's delivery, spread over its lines with the tax that belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from cart.tax.rules import Rate, parts, rounded
from checkout.orders.lines import rest
from checkout.orders.models import OrderLine
from checkout.orders.rules import Amounts
from shop.core.money import Money


def carry(lines: Sequence[OrderLine], difference: int, currency: str) -> None:
    """Have `lines` carry `difference` minor units more (or, below zero, less) of the delivery; in memory.

    Only units that are still part of the order and did not come back carry anything, and what is kept of others stays
    as it is. More is spread by what they cost, less by what they carry; each line's tax follows by its own rates. What
    they do not carry is not taken from them.
    """
    bearers = [line for line in lines if line.quantity > line.returned]
    if not bearers or not difference:
        return
    if difference < 0:
        weights = [rest(line).shipping for line in bearers]
        difference = max(difference, -sum(weights))
    else:
        weights = [rest(line).total for line in bearers]
    for line, share in zip(bearers, Money(difference, currency).allocate(weights), strict=True):
        _add(line, share)


def _add(line: OrderLine, share: Money) -> None:
    """`share` more of the delivery on one line: its tax changes by what the rates make of it, and not below zero."""
    now = rest(line)
    goods = now.total - now.discount
    before, after = _taxes(line, goods, now.shipping), _taxes(line, goods, now.shipping + share.minor)
    left = {False: now.tax - now.included, True: now.included}
    rows = [dict(row) for row in line.taxes]
    for row, was, becomes in zip(rows, before, after, strict=True):
        change = max(becomes - was, -min(row["amount_minor"], left[row["is_included"]]))
        left[row["is_included"]] += change
        row["amount_minor"] += change
        line.tax_minor += change
        line.included_tax_minor += change if row["is_included"] else 0
    line.taxes = rows
    line.shipping_minor += share.minor


def carried(line: OrderLine, currency: str) -> Amounts:
    """What of the rest of a line (`lines.rest`) is delivery and the tax that its rates add for that."""
    now = rest(line)
    goods = now.total - now.discount
    left = {False: now.tax - now.included, True: now.included}
    whole, without = _taxes(line, goods, now.shipping), _taxes(line, goods, 0)
    for row, much, less in zip(line.taxes, whole, without, strict=True):
        left[row["is_included"]] -= max(0, min(left[row["is_included"]], much - less))
    included = now.included - left[True]
    return Amounts(0, 0, now.shipping, now.tax - left[False] - left[True], included)


def _taxes(line: OrderLine, goods: int, shipping: int) -> list[int]:
    """What the line's rates come to on so much, each half up: the order is not asked how its other taxes were."""
    rates = tuple(_rate(row) for row in line.taxes)
    return [rounded(goods * on_goods + shipping * on_shipping) for on_goods, on_shipping in parts(rates)]


def _rate(row: dict[str, Any]) -> Rate:
    return Rate(
        row["name"], Decimal(row["rate"]), is_included=row["is_included"],
        applies_to_shipping=bool(row.get("on_shipping")), is_compound=bool(row.get("compound")),
    )  # fmt: skip
