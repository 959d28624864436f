"""How totals are made: pure arithmetic on minor units.

Rounding is half up, per line and tax rate. Lines, discount, delivery, tax and total reconcile exactly:
total = subtotal − discount + shipping + tax − included tax, and each of them is the sum of its parts on the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cart.tax.rules import Rate, TaxLine, tax_line, tax_of
from shop.core.money import Money, total


@dataclass(frozen=True, slots=True)
class Item:
    """One line before tax: what it costs altogether, what of it promotions take off (no more than that), and its tax
    class."""

    total: Money
    tax_class: str = "standard"
    discount: Money | None = None


@dataclass(frozen=True, slots=True)
class ItemAmounts:
    """The shares of one line. `tax` holds both added and included tax; `included_tax` the part already in the price;
    `taxes` the same by rate."""

    discount: Money
    shipping: Money
    tax: Money
    included_tax: Money
    taxes: tuple[TaxLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a quote and each line's exact share of them."""

    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    included_tax: Money
    total: Money
    items: tuple[ItemAmounts, ...]
    tax_lines: tuple[TaxLine, ...]


def totals(items: Sequence[Item], *, shipping: Money, rates: Sequence[Rate], currency: str) -> Totals:
    """The totals of `items` with their discounts and a delivery cost.

    The delivery is allocated to the lines in proportion to their totals; tax is worked out per line on what its
    discount leaves of it plus, where the rate says so, its share of the delivery.
    """
    zero = Money.zero(currency)
    subtotal = total((item.total for item in items), currency)
    discounts = [min(max(item.discount or zero, zero), item.total) for item in items]
    shippings = shipping.allocate([item.total.minor for item in items]) if items else []
    amounts, by_rate = [], dict.fromkeys(rates, zero)
    for item, off, carried in zip(items, discounts, shippings, strict=True):
        taxes = []
        for rate in rates:
            if rate.tax_class != item.tax_class:
                continue
            amount = tax_of(item.total - off + (carried if rate.applies_to_shipping else zero), rate)
            by_rate[rate] += amount
            taxes.append(tax_line(rate, amount))
        included = total((tax.amount for tax in taxes if tax.is_included), currency)
        amounts.append(
            ItemAmounts(off, carried, total((tax.amount for tax in taxes), currency), included, tuple(taxes))
        )
    if not items:
        shipping = zero
    discount = total(discounts, currency)
    tax = total((amount.tax for amount in amounts), currency)
    included_tax = total((amount.included_tax for amount in amounts), currency)
    return Totals(
        subtotal=subtotal,
        discount=discount,
        shipping=shipping,
        tax=tax,
        included_tax=included_tax,
        total=subtotal - discount + shipping + tax - included_tax,
        items=tuple(amounts),
        tax_lines=tuple(tax_line(rate, amount) for rate, amount in by_rate.items() if amount),
    )


def swapped(paid: Money, *, was: Money, now: Money) -> Money:
    """What a unit costs that is sent instead of one for which `paid` was paid: the difference between the prices of
    today is added, of what came back (`was`) and of what is sent (`now`). Never below zero.

    So what costs the same costs nothing more, whatever sale or coupon the first one was bought with.
    """
    return max(Money.zero(paid.currency), paid + now - was)
