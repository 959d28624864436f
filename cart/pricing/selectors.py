"""The quote: what these units would cost this shopper now, with everything a page or an order needs to say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from cart.pricing import baskets, rules
from cart.promotions import engine
from cart.promotions import selectors as promotions
from cart.promotions.rules import NOTHING, Basket, Lane, Outcome
from cart.shipping import selectors as deliveries
from cart.shipping.selectors import DeliveryOption
from cart.tax import selectors as taxation
from cart.tax.rules import TaxLine
from catalog.products import selectors as products
from shop.accounts import selectors as accounts
from shop.core.money import Money, total


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """What is asked: so many units of a variant. A price is never taken from outside."""

    variant_id: UUID
    quantity: int


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
    reduced_by: str = ""  # the promotion that makes it so cheap in lists already
    next_break: products.Break | None = None  # from how many units on each is cheaper still

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
    among the lines. `coupon_problems` says in a sentence, by code, why a coupon takes nothing off; `outcome` what came
    of each promotion, `hints` which are nearly reached.
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
    channel: str = "web",
    standing: accounts.Standing | None = None,
) -> Quote:
    """Price `lines` in `currency` for delivery to `address` (country and state are read; None: estimate).

    `delivery_option` is the chosen method's code; unknown or none: the first one that serves the address.
    `is_carried`: with the delivery's price; units that join an order travel with it. `is_promoted`: with promotions.
    `email`, else that of the customer, is by whom promotions are used; prices are those of the customer's price list
    (`standing`: as what they buy, if that is known) and of each line's quantity. At most thirteen queries, whatever the
    number of lines and promotions.
    """
    offered = promotions.NONE
    if is_promoted:
        offered = promotions.offered(codes=coupons, currency=currency, customer_id=customer_id, email=email)
    standing = standing or accounts.standing(customer_id)
    ids = [*(line.variant_id for line in lines), *offered.gifts]
    offers = products.offers(ids, currency=currency, price_list=standing.price_list)
    sellable = [line for line in lines if line.variant_id in offers and offers[line.variant_id].is_sellable]
    wanted = [baskets.wanted(offers[line.variant_id], line.quantity) for line in sellable]
    country, state, is_assumed = taxation.place_of(address)
    given = baskets.gifts(offered, offers, {line.variant_id: line.quantity for line in sellable})
    basket = baskets.basket(
        wanted, given, currency=currency, country=country, groups=standing.groups,
        channel=channel, is_first_order=_is_first_order(offered, customer_id, email),
    )  # fmt: skip
    run = engine.Run(basket, offered.promotions)
    ways = _ways(run, basket, offered, country)
    delivery, outcome = next((way for way in ways if way[0] and way[0].code == delivery_option), ways[0])
    if not is_carried:
        outcome = run.outcome(None)
    bought, items = _bought(wanted, given, outcome)
    rates, needs_state = taxation.rates_in(country, state)
    sums = rules.totals(
        items,
        shipping=delivery.price if delivery and is_carried else Money.zero(currency),
        rates=rates,
        currency=currency,
    )
    return Quote(
        currency=currency,
        lines=tuple(
            replace(quoted_line(one, item, share), is_gift=place >= len(wanted))
            for place, (one, item, share) in enumerate(zip(bought, items, sums.items, strict=True))
        ),
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
    )


def _is_first_order(offered: promotions.Offered, customer_id: UUID | None, email: str) -> bool:
    """As far as is known of who buys; asked only where it makes a difference."""
    if not any(one.conditions.is_first_order for one in offered.promotions):
        return False
    return not import_string(settings.HAS_ORDERED)(customer_id=customer_id, email=email)


def _bought(
    wanted: Sequence[baskets.Wanted], given: Mapping[UUID, baskets.Wanted], outcome: Outcome
) -> tuple[list[baskets.Wanted], list[rules.Item]]:
    """What is bought, gifts behind it, and what promotions leave of each to be paid."""
    gifts = [replace(given[UUID(variant)], quantity=units) for one in outcome.applied for variant, units in one.gifts]
    items = [_item(one, outcome.by_line.get(str(one.offer.variant_id), 0)) for one in wanted]
    return [*wanted, *gifts], [*items, *(_item(one, one.price.minor * one.quantity) for one in gifts)]


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


def quoted_line(one: baskets.Wanted, item: rules.Item, share: rules.ItemAmounts) -> QuotedLine:
    """A line of these units, given its amounts."""
    offer, breaks = one.offer, one.offer.breaks
    return QuotedLine(
        variant_id=offer.variant_id,
        product_id=offer.product_id,
        sku=offer.sku,
        name=offer.name,
        options=offer.options,
        url=offer.url,
        picture=offer.picture,
        quantity=one.quantity,
        unit_price=one.price,
        regular_price=offer.regular_price if one.price == offer.unit_price else None,
        line_total=item.total,
        discount=share.discount,
        shipping=share.shipping,
        tax=share.tax,
        tax_class=item.tax_class,
        taxes=share.taxes,
        reduced_by=offer.reduced_by if one.price == offer.unit_price else "",
        next_break=next((step for step in breaks if step.quantity > one.quantity), None),
    )
