"""The tax of an order that changes: it keeps the one that it was placed with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from django.utils.translation import gettext as _

from cart.pricing import selectors as pricing
from cart.tax import asking
from cart.tax import selectors as taxation
from cart.tax.regimes import Standing
from cart.tax.rules import Base
from checkout.changes.refusals import EditRefused
from checkout.orders import carrying as order_carrying
from checkout.orders import revising, where
from checkout.orders.models import Order, OrderLine

_WHERE = ("country", "state", "postal_code")  # of tax facts


def bases(order: Order, lines: Sequence[OrderLine], added: Sequence[pricing.QuotedLine]) -> list[Base]:
    """What of the order is taxed, with what is added."""
    found = [*map(_base, lines)]
    if not where.is_by_email(order):  # else the goods that join it are taxed where they go: nothing went before
        found += [Base((one.line_total - one.discount).minor, 0, one.tax_class) for one in added]
    return found


def _base(line: OrderLine) -> Base:
    left = revising.rest(line)
    return Base(left.total - left.discount, left.shipping, line.tax_class)


def check_same(order: Order, address: Mapping[str, Any], bases: Sequence[Base]) -> None:
    """An order keeps the tax that it was placed with: it cannot go where another one applies to what is in it."""
    now, then = (taxation.ruling(place, buyer(order)) for place in (order_carrying.taxed_at(order), address))
    was_told = order.tax_facts.get("source") == "service"
    is_same = asking.is_same(now, then, bases, order.currency, must_ask=was_told)
    if is_same is None:
        text = _("The tax service does not say now which tax applies at this address. Try again in a while.")
        raise EditRefused(text, "tax_unknown")
    if not is_same:
        text = _("Another tax applies at this address. Cancel the order and place it anew for the new address.")
        raise EditRefused(text, "tax_differs")


def facts(order: Order, address: Mapping[str, Any], taxed_at: Mapping[str, Any]) -> dict[str, Any]:
    """The order's tax facts, taxed there."""
    there = taxation.place_of(taxed_at)
    place = {name: getattr(there, name) for name in _WHERE}
    is_elsewhere = there != taxation.place_of(address)
    kept = {name: value for name, value in order.tax_facts.items() if name not in _WHERE}
    return kept | (place if is_elsewhere else {})


def buyer(order: Order) -> taxation.Buyer:
    """Whose order it is, as far as tax is concerned."""
    return taxation.Buyer(order.customer_id, order.tax_facts.get("vat_id", ""))


def as_ordered(order: Order) -> taxation.Buyer:
    """The same as they were when they ordered: taxed or not, whatever has ended since."""
    known = {one.name: order.tax_facts[one.name] for one in fields(Standing) if one.name in order.tax_facts}
    return replace(buyer(order), standing=Standing(**known))
