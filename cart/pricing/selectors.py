"""The quote: what these units would cost this shopper now, with everything a page or an order needs to say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from cart.pricing import baskets, rules
from cart.promotions import engine
from cart.promotions import selectors as promotions
from cart.promotions.rules import NOTHING, Basket, Lane, Outcome
from cart.shipping import selectors as deliveries
from cart.shipping.selectors import DeliveryOption
from cart.tax import selectors as taxation
from cart.tax.rules import TaxLine
from catalog.customizations import rules as customizing
from catalog.customizations.rules import Customization, Value
from catalog.products import selectors as products
from shop.core.money import Money, total


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """What is asked: so many units of a variant, made like this. A price is never taken from outside."""

    variant_id: UUID
    quantity: int
    customizations: Mapping[str, Value] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Its name: no two lines of a quote have the same variant and customizations."""
        return customizing.line_key(self.variant_id, customizing.key(self.customizations))


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """One line of a quote. Amounts are the whole line's but `unit_price` and `regular_price` (None: not on sale)."""

    variant_id: UUID
    product_id: UUID
    sku: str
    name: str
    options: Mapping[str, str]
    url: str
    picture: Any
    quantity: int
    unit_price: Money
    regular_price: Money | None
    line_total: Money
    discount: Money
    shipping: Money
    tax: Money
    tax_class: str
    taxes: tuple[TaxLine, ...] = ()
    is_gift: bool = False
    customizations: tuple[Customization, ...] = ()
    bundle: baskets.Bundle | None = None  # of which its units are parts
    parts: tuple[products.OfferedPart, ...] = ()  # of a bundle as a whole (`Quote.shown`)

    @property
    def key(self) -> str:
        """Its name among those that are asked for (`QuoteLine.key`)."""
        values = {one.code: one.value for one in self.customizations}
        return customizing.line_key(self.variant_id, customizing.key(values))

    @property
    def cost(self) -> Money:
        """What the line comes to altogether."""
        included = total((tax.amount for tax in self.taxes if tax.is_included), self.tax.currency)
        return self.line_total - self.discount + self.shipping + self.tax - included


@dataclass(frozen=True, slots=True)
class Quote:
    """Everything about the cost. `is_estimated`: the address does not decide the tax yet. None is known, and the shop's
    own country is assumed; or its country taxes by state, and the state is missing.

    `unsellable` are variant ids that cannot be bought (archived, or without a price in the currency): they are not
    among the lines. `misfits` are what else is not: sellable lines that are not made like this any more, by key.
    `coupon_problems` says in a sentence, by code, why a coupon takes nothing off; `outcome` what came of each
    promotion, `hints` which are nearly reached. `lines` has the parts of bundles, `bundles` each as a whole.
    """

    currency: str
    lines: tuple[QuotedLine, ...]
    unsellable: tuple[UUID, ...]
    subtotal: Money
    discount: Money
    shipping: Money
    tax: Money
    included_tax: Money
    total: Money
    tax_lines: tuple[TaxLine, ...]
    discounts: tuple[baskets.Discount, ...]
    coupon_problems: Mapping[str, str]
    delivery_options: tuple[DeliveryOption, ...]
    delivery: DeliveryOption | None
    is_estimated: bool = field(default=False)
    outcome: Outcome = NOTHING
    hints: tuple[str, ...] = ()
    misfits: Mapping[str, baskets.Wanted] = field(default_factory=dict)
    bundles: tuple[QuotedLine, ...] = ()

    @property
    def shown(self) -> tuple[QuotedLine, ...]:
        """The lines as they were asked for, each bundle one of them; gifts are left out."""
        return (*(line for line in self.lines if not (line.is_gift or line.bundle)), *self.bundles)

    @property
    def is_deliverable(self) -> bool:
        return bool(self.delivery_options)

    @property
    def units(self) -> Mapping[UUID, int]:
        """How many units of each variant it takes; lines that want the same ones want them together."""
        units: Counter[UUID] = Counter()
        for line in self.lines:
            units[line.variant_id] += line.quantity
        return units


def quote(
    *,
    lines: Sequence[QuoteLine],
    currency: str,
    address: Mapping[str, Any] | None = None,
    delivery_option: str | None = None,
    coupons: Sequence[str] = (),
    customer_id: UUID | None = None,
    email: str = "",
    is_carried: bool = True,
    is_promoted: bool = True,
) -> Quote:
    """Price `lines` in `currency` for delivery to `address` (country and state are read; None: estimate).

    `delivery_option` is the chosen method's code; unknown or none: the first one that serves the address.
    `is_carried`: with the delivery's price; units that join an order travel with it. `is_promoted`: with promotions.
    `email`, else that of the customer, is by whom promotions are used. At most ten queries, whatever the number of
    lines and promotions.
    """
    offered = promotions.NONE
    if is_promoted:
        offered = promotions.offered(codes=coupons, currency=currency, customer_id=customer_id, email=email)
    offers = products.offers([*(line.variant_id for line in lines), *offered.gifts], currency=currency)
    sellable = [line for line in lines if line.variant_id in offers and offers[line.variant_id].is_sellable]
    asked = [baskets.wanted(offers[line.variant_id], line.quantity, line.customizations) for line in sellable]
    wanted = [one for one in asked if not one.answers.problems]
    country, state, is_assumed = taxation.place_of(address)
    given = baskets.gifts(offered, offers, baskets.units(wanted))
    basket = baskets.basket(wanted, given, currency=currency, country=country)
    run = engine.Run(basket, offered.promotions)
    ways = _ways(run, basket, offered, country)
    delivery, outcome = next((way for way in ways if way[0] and way[0].code == delivery_option), ways[0])
    if not is_carried:
        outcome = run.outcome(None)
    bought, items = _bought(wanted, given, outcome)
    gifts = sum(len(one.gifts) for one in outcome.applied)
    rates, needs_state = taxation.rates_in(country, state)
    sums = rules.totals(
        items,
        shipping=delivery.price if delivery and is_carried else Money.zero(currency),
        rates=rates,
        currency=currency,
    )
    made = tuple(
        _line(one, item, share, is_gift=place >= len(bought) - gifts)
        for place, (one, item, share) in enumerate(zip(bought, items, sums.items, strict=True))
    )
    return Quote(
        currency=currency,
        lines=made,
        unsellable=tuple(line.variant_id for line in lines if line not in sellable),
        subtotal=sums.subtotal,
        discount=sums.discount,
        shipping=sums.shipping,
        tax=sums.tax,
        included_tax=sums.included_tax,
        total=sums.total,
        tax_lines=sums.tax_lines,
        discounts=tuple(baskets.discounts(outcome, currency)),
        coupon_problems={**offered.problems, **promotions.problems(outcome, currency)},
        delivery_options=tuple(option for option, _outcome in ways if option),
        delivery=delivery if items else None,
        is_estimated=is_assumed or needs_state,
        outcome=outcome,
        hints=promotions.hints(outcome, currency) if items else (),
        bundles=tuple(_whole(one, made) for one in wanted if one.offer.parts),
        misfits={line.key: one for line, one in zip(sellable, asked, strict=True) if one.answers.problems},
    )


def _bought(
    wanted: Sequence[baskets.Wanted], given: Mapping[UUID, baskets.Wanted], outcome: Outcome
) -> tuple[list[baskets.Wanted], list[rules.Item]]:
    """What is bought, gifts behind it, and what promotions leave of each to be paid."""
    gifts = [replace(given[UUID(variant)], quantity=units) for one in outcome.applied for variant, units in one.gifts]
    bought, items = [], []
    for one in wanted:
        taken = baskets.taken_apart(one)
        offs = Money(outcome.by_line.get(one.key, 0), one.price.currency).allocate(
            [part.price.minor * part.quantity for part in taken]
        )
        bought += taken
        items += [_item(part, off.minor) for part, off in zip(taken, offs, strict=True)]
    return [*bought, *gifts], [*items, *(_item(one, one.price.minor * one.quantity) for one in gifts)]


def _line(one: baskets.Wanted, item: rules.Item, share: rules.ItemAmounts, *, is_gift: bool) -> QuotedLine:
    line = quoted_line(one.offer, one.quantity, item, share, price=one.price)
    regular = None
    if line.regular_price and not one.bundle:
        regular = line.regular_price + (one.price - baskets.price_of(one.offer))
    return replace(
        line, regular_price=regular, is_gift=is_gift, customizations=one.answers.customizations, bundle=one.bundle
    )


def _whole(one: baskets.Wanted, lines: Sequence[QuotedLine]) -> QuotedLine:
    """A bundle as one line, of the lines that it was taken apart into."""
    mine = [line for line in lines if line.bundle and line.bundle.key == one.key]
    zero = Money.zero(one.price.currency)
    sums = {name: sum((getattr(line, name) for line in mine), zero) for name in ("discount", "shipping", "tax")}
    amounts = rules.ItemAmounts(**sums, included_tax=zero, taxes=tuple(tax for line in mine for tax in line.taxes))
    line = quoted_line(one.offer, one.quantity, _item(one, 0), amounts)
    return replace(line, parts=one.offer.parts)


def _item(one: baskets.Wanted, off: int) -> rules.Item:
    return rules.Item(one.price * one.quantity, one.offer.tax_class, Money(off, one.price.currency))


def _ways(
    run: engine.Run, basket: Basket, offered: promotions.Offered, country: str
) -> list[tuple[DeliveryOption | None, Outcome]]:
    """The ways of delivery at what they cost after promotions, and all that these take off with each; where there is no
    way, what they take off without.
    """
    goods = run.outcome(None)
    spent = sum(line.price * line.quantity for line in basket.lines) - sum(goods.by_line.values())
    options = deliveries.delivery_options(
        country=country, currency=basket.currency, subtotal=Money(spent, basket.currency)
    )
    is_cheaper = any(one.lane is Lane.SHIPPING for one in offered.promotions)
    found: list[tuple[DeliveryOption | None, Outcome]] = []
    for option in options:
        outcome = run.outcome(option.price.minor) if is_cheaper else goods
        price = option.price - Money(outcome.shipping, basket.currency)
        found.append((replace(option, price=price), outcome))
    return found or [(None, goods)]


def quoted_line(
    offer: products.Offer, quantity: int, item: rules.Item, share: rules.ItemAmounts, price: Money | None = None
) -> QuotedLine:
    """A line of these units, given its amounts; `price` is that of a unit where it is not the offer's."""
    return QuotedLine(
        variant_id=offer.variant_id,
        product_id=offer.product_id,
        sku=offer.sku,
        name=offer.name,
        options=offer.options,
        url=offer.url,
        picture=offer.picture,
        quantity=quantity,
        unit_price=price or baskets.price_of(offer),
        regular_price=offer.regular_price,
        line_total=item.total,
        discount=share.discount,
        shipping=share.shipping,
        tax=share.tax,
        tax_class=item.tax_class,
        taxes=share.taxes,
    )
