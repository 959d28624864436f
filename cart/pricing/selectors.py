"""The quote: what these units would cost this shopper now, with everything a page or an order needs to say so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now, TruncDate
from django.utils.translation import gettext as _

from cart.pricing import baskets, rules
from cart.pricing.models import ShippingMethod, TaxRate
from cart.promotions import engine
from cart.promotions import selectors as promotions
from cart.promotions.rules import NOTHING, Basket, Lane, Outcome
from catalog.products import selectors as products
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
    taxes: tuple[rules.TaxLine, ...] = ()
    is_gift: bool = False

    @property
    def cost(self) -> Money:
        """What the line comes to altogether."""
        included = total((tax.amount for tax in self.taxes if tax.is_included), self.tax.currency)
        return self.line_total - self.discount + self.shipping + self.tax - included


@dataclass(frozen=True, slots=True)
class DeliveryOption:
    """A way of delivery that serves the address. `price` after "free from" rules."""

    code: str
    name: str
    price: Money
    arrives_from: date
    arrives_on: date


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
    tax_lines: tuple[rules.TaxLine, ...]
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
    wanted = [baskets.wanted(offers[line.variant_id], line.quantity) for line in sellable]
    country, state, is_assumed = place_of(address)
    given = baskets.gifts(offered, offers, {line.variant_id: line.quantity for line in sellable})
    basket = baskets.basket(wanted, given, currency=currency, country=country)
    run = engine.Run(basket, offered.promotions)
    ways = _ways(run, basket, offered, country)
    delivery, outcome = next((way for way in ways if way[0] and way[0].code == delivery_option), ways[0])
    if not is_carried:
        outcome = run.outcome(None)
    bought, items = _bought(wanted, given, outcome)
    rates, needs_state = rates_in(country, state)
    sums = rules.totals(
        items,
        shipping=delivery.price if delivery and is_carried else Money.zero(currency),
        rates=rates,
        currency=currency,
    )
    return Quote(
        currency=currency,
        lines=tuple(
            replace(quoted_line(one.offer, one.quantity, item, share), is_gift=place >= len(wanted))
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
    options = delivery_options(country=country, currency=basket.currency, subtotal=Money(spent, basket.currency))
    is_cheaper = any(one.lane is Lane.SHIPPING for one in offered.promotions)
    found: list[tuple[DeliveryOption | None, Outcome]] = []
    for option in options:
        outcome = run.outcome(option.price.minor) if is_cheaper else goods
        price = option.price - Money(outcome.shipping, basket.currency)
        found.append((replace(option, price=price), outcome))
    return found or [(None, goods)]


def rates_for(address: Mapping[str, Any]) -> frozenset[rules.Rate]:
    """The tax rates in force today where `address` is. One query."""
    country, state, _is_assumed = place_of(address)
    return frozenset(rates_in(country, state)[0])


def quoted_line(offer: products.Offer, quantity: int, item: rules.Item, share: rules.ItemAmounts) -> QuotedLine:
    """A line of these units, given its amounts."""
    return QuotedLine(
        variant_id=offer.variant_id,
        product_id=offer.product_id,
        sku=offer.sku,
        name=offer.name,
        options=offer.options,
        url=offer.url,
        picture=offer.picture,
        quantity=quantity,
        unit_price=baskets.price_of(offer),
        regular_price=offer.regular_price,
        line_total=item.total,
        discount=share.discount,
        shipping=share.shipping,
        tax=share.tax,
        tax_class=item.tax_class,
        taxes=share.taxes,
    )


def place_of(address: Mapping[str, Any] | None) -> tuple[str, str, bool]:
    """Country and state as upper-case codes, and whether the shop's own country is assumed."""
    if address and address.get("country"):
        return str(address["country"]).upper(), str(address.get("state") or "").upper(), False
    return settings.DEFAULT_COUNTRY, "", True


def rates_in(country: str, state: str) -> tuple[list[rules.Rate], bool]:
    """The rates in force today (database's date) for an address, and whether the state is missing to know them.

    A state's rate of a class replaces the country's.
    """
    today = TruncDate(Now())
    rows = TaxRate.objects.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=today), country=country, valid_from__lte=today
    )
    if state:
        rows = rows.filter(Q(state="") | Q(state__iexact=state))
    found = list(rows)
    chosen: dict[str, TaxRate] = {}
    for row in sorted(found, key=lambda row: (bool(row.state), row.valid_from)):
        if state or not row.state:
            chosen[row.tax_class] = row
    rates = [
        rules.Rate(row.name, row.rate, row.tax_class, row.is_included, row.applies_to_shipping)
        for row in chosen.values()
    ]
    return rates, not state and any(row.state for row in found)


def delivery_options(*, country: str, currency: str, subtotal: Money) -> list[DeliveryOption]:
    """The methods that serve `country`, in their order, priced for goods worth `subtotal` (after discount).

    A method without countries serves those that no other method names.
    """
    rows = list(ShippingMethod.objects.filter(is_active=True, currency=currency).annotate(today=TruncDate(Now())))
    serving = [row for row in rows if country in row.countries] or [row for row in rows if not row.countries]
    return [
        DeliveryOption(
            code=row.code,
            name=_(row.name),
            price=rules.shipping_price(
                price=Money(row.price_minor, currency),
                free_from=None if row.free_from_minor is None else Money(row.free_from_minor, currency),
                subtotal=subtotal,
            ),
            arrives_from=rules.arrival(row.today, row.min_days),
            arrives_on=rules.arrival(row.today, row.max_days),
        )
        for row in serving
    ]


def currencies() -> list[str]:
    """The currencies in which something can be delivered, the shop's own first."""
    known = ShippingMethod.objects.filter(is_active=True).values_list("currency", flat=True).distinct()
    return list(dict.fromkeys([settings.DEFAULT_CURRENCY, *sorted(known)]))


def delivery_names() -> dict[str, str]:
    """The name of every way of delivery by its code, whether it is offered now or not. One query."""
    return dict(ShippingMethod.objects.order_by("is_active", "-position").values_list("code", "name"))
