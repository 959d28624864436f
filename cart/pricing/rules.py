"""How totals are made: pure arithmetic on minor units.

Tax is rounded as `cart.tax.rules` says. Lines, discount, delivery, tax and total reconcile exactly:
total = subtotal − discount + shipping + tax − included tax, and each of them is the sum of its parts on the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cart.tax.rules import USUAL, Base, How, Rate, TaxLine, tax_line, taxes
from shop.core.money import Money, total


@dataclass(frozen=True, slots=True)
class Item:
    """One line before tax: what it costs altogether, what of it promotions take off (no more than that), its tax class
    and how many units it is."""

    total: Money
    tax_class: str = "standard"
    discount: Money | None = None
    units: int = 1


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


def totals(
    items: Sequence[Item],
    *,
    shipping: Money,
    rates: Sequence[Rate],
    currency: str,
    how: How = USUAL,
    told: Sequence[Sequence[TaxLine]] | None = None,
) -> Totals:
    """The totals of `items` with their discounts and a delivery cost.

    The delivery is allocated to the lines in proportion to their totals; tax is worked out on what its discount leaves
    of a line plus, where the rate says so, its share of the delivery, and rounded as `how` says. `told`: the taxes of
    each item as a tax service told them, which count instead of `rates`.
    """
    if not items:
        shipping = Money.zero(currency)
    discounts, shippings = spread(items, shipping, currency)
    if told is None:
        bases = taxed(items, discounts, shippings)
        found = taxes(bases, rates, how)
        told = [[tax_line(rate, Money(minor, currency)) for rate, minor in its] for its in found]
    amounts = [
        _amounts(off, carried, its, currency) for off, carried, its in zip(discounts, shippings, told, strict=True)
    ]
    subtotal, discount = total((item.total for item in items), currency), total(discounts, currency)
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
        tax_lines=_by_rate(rates, told),
    )


def spread(items: Sequence[Item], shipping: Money, currency: str) -> tuple[list[Money], list[Money]]:
    """Of each item what is off, no more than it costs, and its share of the delivery.

    What items are decides who gets the last minor unit, not their order: it may decide how tax is rounded.
    """
    zero = Money.zero(currency)
    discounts = [min(max(item.discount or zero, zero), item.total) for item in items]
    if not items:
        return discounts, []
    facts = [(item.total.minor, item.tax_class, (item.discount or zero).minor, item.units) for item in items]
    turns = sorted(range(len(items)), key=facts.__getitem__)
    shares = dict(zip(turns, shipping.allocate([facts[turn][0] for turn in turns]), strict=True))
    return discounts, [shares[place] for place in range(len(items))]


def taxed(items: Sequence[Item], discounts: Sequence[Money], shippings: Sequence[Money]) -> list[Base]:
    """What of each item is taxed."""
    return [
        Base((item.total - off).minor, carried.minor, item.tax_class)
        for item, off, carried in zip(items, discounts, shippings, strict=True)
    ]


def _amounts(discount: Money, shipping: Money, its: Sequence[TaxLine], currency: str) -> ItemAmounts:
    included = total((tax.amount for tax in its if tax.is_included), currency)
    return ItemAmounts(discount, shipping, total((tax.amount for tax in its), currency), included, tuple(its))


def _same(tax: TaxLine) -> tuple[object, ...]:
    """What is the same of taxes that are one line."""
    return tax.name, tax.rate, tax.is_included, tax.is_on_shipping, tax.is_compound


def _by_rate(rates: Sequence[Rate], told: Sequence[Sequence[TaxLine]]) -> tuple[TaxLine, ...]:
    """What each rate comes to on all items, in the order of the rates; the same rate of two classes is one line."""
    first: dict[tuple[object, ...], TaxLine] = {}
    sums: dict[tuple[object, ...], Money] = {}
    for its in told:
        for tax in its:
            key = _same(tax)
            first.setdefault(key, tax)
            sums[key] = sums[key] + tax.amount if key in sums else tax.amount
    places = {(rate.name, rate.rate, rate.is_included): place for place, rate in reversed([*enumerate(rates)])}

    def turn(tax: TaxLine) -> tuple[int, bool, bool]:
        named = places.get((tax.name, tax.rate, tax.is_included), len(places))
        return named, tax.is_on_shipping, tax.is_compound

    found = [replace(tax, amount=sums[key]) for key, tax in first.items() if sums[key]]
    return tuple(sorted(found, key=turn))


def swapped(paid: Money, *, was: Money, now: Money) -> Money:
    """What a unit costs that is sent instead of one for which `paid` was paid: the difference between the prices of
    today is added, of what came back (`was`) and of what is sent (`now`). Never below zero.

    So what costs the same costs nothing more, whatever sale or coupon the first one was bought with.
    """
    return max(Money.zero(paid.currency), paid + now - was)
