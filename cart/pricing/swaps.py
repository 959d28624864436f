"""What units cost that are wanted instead of others that came back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from cart.pricing import baskets, rules, selectors
from cart.tax import selectors as taxation
from cart.tax.regimes import Regime
from cart.tax.rules import Rate, TaxLine
from catalog.products import selectors as products
from shop.accounts import selectors as accounts
from shop.core.money import Money, total


@dataclass(frozen=True, slots=True)
class Swap:
    """Units of a variant that are wanted instead of as many that came back (`instead_of`). `unit_price` is what one of
    those cost without its discount; `discount` and `tax` (on top of the price) are what all of them had, and `rates`
    those that it was worked out with, by whomever; None where nobody knows."""

    variant_id: UUID
    instead_of: UUID
    quantity: int
    unit_price: Money
    discount: Money
    tax: Money
    rates: tuple[Rate, ...] | None = None


def exchanged(
    *, swaps: Sequence[Swap], currency: str, address: Mapping[str, Any], buyer: taxation.Buyer = taxation.NOBODY
) -> tuple[tuple[selectors.QuotedLine, ...], tuple[UUID, ...]]:
    """A line for each of `swaps` that can be had, and the variants that are not sold. At most four queries.

    A unit costs what was paid for the one that came back and the difference between both prices of today
    (`rules.swapped`), those of the buyer's price list: it has the price of then, changed by the difference, and the
    discount of then. Where what came back is not sold any more, its own price counts. It is taxed at the rates of then,
    also where a tax service told them, and only the difference anew, so that the same price has the same tax to the
    cent; where nobody knows them, as any line of today.
    """
    wanted = [key for swap in swaps for key in (swap.variant_id, swap.instead_of)]
    standing = accounts.standing(buyer.customer_id) if swaps else accounts.Standing()
    offers = products.offers(wanted, currency=currency, price_list=standing.price_list)
    regime = taxation.ruling(address, buyer).regime if swaps else Regime()
    lines, unsellable = [], []
    for swap in swaps:
        offer = offers.get(swap.variant_id)
        if offer is None or not offer.is_sellable or offer.needs_answers or offer.parts:
            unsellable.append(swap.variant_id)
        else:
            lines.append(_exchanged(swap, offer, offers.get(swap.instead_of), regime))
    return tuple(lines), tuple(unsellable)


def _exchanged(swap: Swap, offer: products.Offer, was: products.Offer | None, regime: Regime) -> selectors.QuotedLine:
    if swap.rates is not None:
        regime = replace(regime, rates=tuple(replace(rate, tax_class=offer.tax_class) for rate in swap.rates))
    before = swap.unit_price
    if was is not None and was.unit_price is not None:
        before = regime.price(was.unit_price, was.tax_class)
    now = regime.price(baskets.price_of(offer), offer.tax_class)
    price = rules.swapped(swap.unit_price, was=before, now=now)
    item = rules.Item(price * swap.quantity, offer.tax_class)
    share = _share(item, swap.discount, regime)
    taxes = share.taxes
    if swap.rates is not None and item.total > share.discount:
        old = _share(rules.Item(swap.unit_price * swap.quantity, offer.tax_class), swap.discount, regime)
        taxes = _rounded(taxes, swap.tax - (old.tax - old.included_tax))
    amounts = replace(share, tax=total((tax.amount for tax in taxes), price.currency), taxes=taxes)
    line = selectors.quoted_line(baskets.Wanted(offer, price, swap.quantity), item, amounts, regime)
    return replace(line, regular_price=None, reduced_by="", next_break=None)


def _share(item: rules.Item, discount: Money, regime: Regime) -> rules.ItemAmounts:
    """The amounts of a line with this discount (no more than it costs), without delivery."""
    currency = item.total.currency
    zero = Money.zero(currency)
    found = [replace(item, discount=discount)]
    return rules.totals(found, shipping=zero, rates=regime.rates, currency=currency, how=regime.how).items[0]


def _rounded(taxes: Sequence[TaxLine], difference: Money) -> tuple[TaxLine, ...]:
    """The tax on top of the price changed by `difference`: what the tax of then was rounded otherwise."""
    rows = []
    for tax in taxes:
        change = Money.zero(difference.currency) if tax.is_included else max(difference, -tax.amount)
        difference -= change
        rows.append(replace(tax, amount=tax.amount + change))
    return tuple(rows)
