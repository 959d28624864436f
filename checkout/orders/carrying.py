"""Another price of an order's delivery, spread over its lines with the tax that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from cart.tax import selectors as taxation
from cart.tax.rules import USUAL, Base, How, Level, Rate, taxes
from checkout.orders import where
from checkout.orders.lines import rest
from checkout.orders.models import Order, OrderLine
from checkout.orders.rules import Amounts
from shop.core.money import Money


def how(order: Order) -> How:
    """How tax is rounded where the order is taxed."""
    return taxation.how(taxed_at(order))


def taxed_at(order: Order) -> Mapping[str, Any]:
    """Where an order is taxed: where it goes (of what is mailed, where its buyer is), or where it is collected."""
    facts: Mapping[str, Any] = order.tax_facts
    return facts if facts.get("country") else where.address(order)


def carry(lines: Sequence[OrderLine], difference: int, currency: str, how: How = USUAL) -> None:
    """Have `lines` carry `difference` minor units more (or, below zero, less) of the delivery; in memory.

    Only units that are still part of the order and did not come back carry anything, and what is kept of others stays
    as it is. More is spread by what they cost, less by what they carry; each line's tax follows by its own rates,
    rounded as `how` says. What they do not carry is not taken from them.
    """
    bearers = [line for line in lines if line.quantity > line.returned]
    if not bearers or not difference:
        return
    if difference < 0:
        weights = [rest(line).shipping for line in bearers]
        difference = max(difference, -sum(weights))
    else:
        weights = [rest(line).total for line in bearers]
    shares = Money(difference, currency).allocate(weights)
    before = _taxes(bearers, how, [rest(line).shipping for line in bearers])
    after = _taxes(
        bearers, how, [rest(line).shipping + share.minor for line, share in zip(bearers, shares, strict=True)]
    )
    for line, share, was, becomes in zip(bearers, shares, before, after, strict=True):
        _add(line, share, was, becomes)


def _add(line: OrderLine, share: Money, before: Sequence[int], after: Sequence[int]) -> None:
    """`share` more of the delivery on one line: its tax changes from what its rates came to `before` to what they come
    to `after`, and not below zero."""
    now = rest(line)
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


def carried(line: OrderLine, how: How = USUAL) -> Amounts:
    """What of the rest of a line (`lines.rest`) is delivery and the tax that its rates add for that."""
    now = rest(line)
    alone = How(how.rounding, Level.LINE)
    left = {False: now.tax - now.included, True: now.included}
    [whole], [without] = _taxes([line], alone, [now.shipping]), _taxes([line], alone, [0])
    for row, much, less in zip(line.taxes, whole, without, strict=True):
        left[row["is_included"]] -= max(0, min(left[row["is_included"]], much - less))
    included = now.included - left[True]
    return Amounts(0, 0, now.shipping, now.tax - left[False] - left[True], included)


def _taxes(lines: Sequence[OrderLine], how: How, shipping: Sequence[int]) -> list[list[int]]:
    """What each line's rates come to on what is left of its goods and so much delivery. Lines of the same rates count
    as of one class."""
    classes: dict[tuple[Rate, ...], str] = {}
    bases = []
    for line, carries in zip(lines, shipping, strict=True):
        now = rest(line)
        own = rates(line)
        tax_class = classes.setdefault(own, str(len(classes)))
        bases.append(Base(now.total - now.discount, carries, tax_class))
    told = [replace(rate, tax_class=name) for own, name in classes.items() for rate in own]
    return [[minor for _rate, minor in found] for found in taxes(bases, told, how)]


def rates(line: OrderLine) -> tuple[Rate, ...]:
    """The rates that a line was taxed at, of no tax class."""
    return tuple(
        Rate(
            row["name"], Decimal(row["rate"]), "", is_included=row["is_included"],
            applies_to_shipping=bool(row.get("on_shipping")), is_compound=bool(row.get("compound")),
        )
        for row in line.taxes
    )  # fmt: skip
