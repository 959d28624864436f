"""The quote: what these units would cost this shopper now, with everything a page or an order needs to say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from cart.pricing import baskets, rules
from cart.pricing.quoted import Quote, QuotedLine, QuoteLine
from cart.promotions import engine
from cart.promotions import selectors as promotions
from cart.promotions import wording as telling
from cart.promotions.rules import Basket, Lane, Outcome
from cart.shipping import selectors as deliveries
from cart.shipping.selectors import DeliveryOption
from cart.tax import asking
from cart.tax import selectors as taxation
from cart.tax.regimes import DELIVERY, Regime
from catalog.products import selectors as products
from shop.accounts import selectors as accounts
from shop.core import cache
from shop.core.money import Money

__all__ = ["Quote", "QuoteLine", "QuotedLine", "quote", "quoted_line"]

Way = tuple[DeliveryOption | None, Outcome]
Bought = tuple[Sequence[baskets.Wanted], Mapping[UUID, baskets.Wanted]]  # what is wanted, and what there is to give


@cache.at_once(cache.PROMOTIONS, cache.TAXES, cache.SHIPPING, cache.PRICE_RULES, cache.CATEGORY_TREE, cache.CURRENCIES)
def quote(
    *,
    lines: Sequence[QuoteLine],
    currency: str,
    address: Mapping[str, Any] | None = None,
    delivery_option: str | None = None,
    coupons: Sequence[str] = (),
    customer_id: UUID | None = None,
    email: str = "",
    vat_id: str = "",
    is_carried: bool = True,
    is_promoted: bool = True,
    channel: str = "web",
    standing: accounts.Standing | None = None,
) -> Quote:
    """Price `lines` in `currency` for delivery to `address` (country, state and postal code are read; None: estimate).

    `delivery_option` is the chosen method's code; unknown or none: the first one that brings it there.
    `is_carried`: with the delivery's price; units that join an order travel with it. `is_promoted`: with promotions.
    `email`, else that of the customer, is by whom promotions are used; `vat_id` is the buyer's own, as typed. Prices
    are those of the customer's price list (`standing`: as what they buy, if that is known) and of each line's quantity.
    At most eleven queries once this process knows promotions, delivery methods and tax rates, whatever the number of
    lines and promotions.

    Where the country's tax comes from a service it is asked, or what it said within the last quarter of an hour
    counts; within a transaction, and while it does not answer, the shop's own rates do.
    """
    offered = promotions.NONE
    if is_promoted:
        offered = promotions.offered(codes=coupons, currency=currency, customer_id=customer_id, email=email)
    standing = standing or accounts.standing(customer_id)
    ids = [*(line.variant_id for line in lines), *offered.gifts]
    offers = products.offers(ids, currency=currency, price_list=standing.price_list)
    at = next((offer.moment for offer in offers.values()), None)
    ruling = taxation.ruling(address, taxation.Buyer(customer_id, vat_id), at=at)
    who = {
        "country": ruling.place.country,
        "groups": standing.groups,
        "channel": channel,
        "is_first_order": _is_first_order(offered, customer_id, email),
    }
    goods, code = (lines, offers, offered), delivery_option or ""
    found = _quoted(*goods, ruling, who, where=ruling.place, currency=currency, code=code, is_carried=is_carried)
    if found.delivery is None or found.delivery.place is None or _is_taxed(found.delivery, ruling):
        return found
    there, code = taxation.ruling(found.delivery.place.address, ruling.buyer, at=at), found.delivery.code
    again = _quoted(*goods, there, who, where=ruling.place, currency=currency, code=code, is_carried=is_carried)
    # With other taxes in the prices it may not be offered any more: then it is as if it were delivered.
    if again.delivery is None or again.delivery.code != code:
        return found
    return replace(again, delivery_options=_side_by_side(found.delivery_options, again.delivery_options))


def _side_by_side(
    delivered: Sequence[DeliveryOption], collected: Sequence[DeliveryOption]
) -> tuple[DeliveryOption, ...]:
    """The ways as each is when it is chosen: what is collected with the taxes of the place where it is, the others with
    those of the shopper's address, which are the `delivered` ones."""
    there = {one.code: one for one in collected if one.place}
    return tuple(there.get(one.code, one) for one in delivered)


def _quoted(
    lines: Sequence[QuoteLine],
    offers: Mapping[UUID, products.Offer],
    offered: promotions.Offered,
    ruling: taxation.Ruling,
    who: Mapping[str, Any],
    *,
    where: taxation.Place,
    currency: str,
    code: str,
    is_carried: bool,
) -> Quote:
    """The quote, of all that it depends on; `who` buys and where to, as promotions ask, `code` names the delivery.
    `where` is the shopper's address: what is collected is taxed elsewhere (`ruling`)."""
    sellable = [line for line in lines if line.variant_id in offers and offers[line.variant_id].is_sellable]
    sold = {line.variant_id for line in sellable}
    asked = [
        baskets.wanted(offers[line.variant_id], line.quantity, line.customizations, ruling.regime) for line in sellable
    ]
    wanted = [one for one in asked if not one.answers.problems]
    given = baskets.gifts(offered, offers, baskets.units(wanted), ruling.regime)
    basket = baskets.basket(wanted, given, currency=currency, **who)
    run = engine.Run(basket, offered.promotions)
    before = run.outcome(None)
    first = _bought((wanted, given), before)
    ways = _ways(run, basket, offered, before, first, ruling, where)
    options = tuple(option for option, _outcome in ways if option)
    delivery, outcome = next((way for way in ways if way[0] and way[0].code == code), _usual(ways))
    if not is_carried:
        outcome = before
    # Hardly ever does the delivery decide what goods cost: then one promotion that goes with no other gives way to it.
    bought, items = first if outcome.has_same_goods(before) else _bought((wanted, given), outcome)
    shipping = delivery.price if delivery and is_carried else Money.zero(currency)
    is_by_email = delivery is not None and delivery.is_by_email  # vouchers: no tax, wherever their buyer is
    sums, tax_source = _sums(items, shipping, ruling, is_here=_is_taxed(delivery, ruling) and not is_by_email)
    gifts = sum(len(one.gifts) for one in outcome.applied)
    made = tuple(
        quoted_line(one, item, share, ruling.regime, is_gift=place >= len(bought) - gifts)
        for place, (one, item, share) in enumerate(zip(bought, items, sums.items, strict=True))
    )
    return Quote(
        currency=currency,
        lines=made,
        unsellable=tuple(line.variant_id for line in lines if line.variant_id not in sold),
        **{name: getattr(sums, name) for name in _SUMS},
        discounts=tuple(baskets.discounts(outcome, currency)),
        coupon_problems={**offered.problems, **telling.problems(outcome, currency, options)},
        coupon_codes=offered.codes,
        delivery_options=options,
        delivery=delivery if items else None,
        is_estimated=not is_by_email and (ruling.is_estimated or where.is_assumed or tax_source == "estimate"),
        outcome=outcome,
        hints=telling.hints(outcome, currency, delivery=delivery, options=options) if items else (),
        bundles=tuple(_whole(one, made, ruling.regime) for one in wanted if one.offer.parts),
        misfits={line.key: one for line, one in zip(sellable, asked, strict=True) if one.answers.problems},
        standing=ruling.standing,
        tax_source=tax_source,
        taxed_at=ruling.place if ruling.place != where else None,
    )


def _usual(ways: Sequence[Way]) -> Way:
    """What counts before anybody has chosen: the first that brings it. To fetch it is for who says so."""
    return next((way for way in ways if way[0] and way[0].place is None), ways[0])


def _is_taxed(delivery: DeliveryOption | None, ruling: taxation.Ruling) -> bool:
    """Whether what is delivered so is taxed where `ruling` says: what is collected is taxed where it is collected.

    Sources: directive 2006/112/EC, article 31 (goods that are not dispatched are supplied where they are); Streamlined
    Sales and Use Tax Agreement, section 310 A 1 (what is received at a place of the seller is sourced to that place).
    """
    if delivery is None or delivery.place is None:
        return True
    there = taxation.place_of(delivery.place.address)
    return there.is_assumed or there == ruling.place


_SUMS = ("subtotal", "discount", "shipping", "tax", "included_tax", "total", "tax_lines")


def _is_first_order(offered: promotions.Offered, customer_id: UUID | None, email: str) -> bool:
    """As far as is known of who buys; asked only where it makes a difference."""
    if not any(one.conditions.is_first_order for one in offered.promotions):
        return False
    return not import_string(settings.HAS_ORDERED)(customer_id=customer_id, email=email)


def _sums(
    items: Sequence[rules.Item], shipping: Money, ruling: taxation.Ruling, *, is_here: bool
) -> tuple[rules.Totals, str]:
    """The totals, and where the tax is from, as `Quote.tax_source`. A service is asked about a sale that is taxed here,
    not on the way there."""
    currency, regime = shipping.currency, ruling.regime
    told, source = None, ""
    if items and is_here and asking.is_asked(ruling):
        told = asking.taxes(ruling, rules.taxed(items, *rules.spread(items, shipping, currency)), currency)
        source = "estimate" if told is None else "service"
    sums = rules.totals(
        items, shipping=shipping, rates=regime.rates, currency=currency, how=regime.how, told=told
    )  # fmt: skip
    return sums, source


def _bought(goods: Bought, outcome: Outcome) -> tuple[list[baskets.Wanted], list[rules.Item]]:
    """What is bought, gifts behind it, and what promotions leave of each to be paid."""
    wanted, given = goods
    gifts = [replace(given[UUID(variant)], quantity=units) for one in outcome.applied for variant, units in one.gifts]
    bought, items = [], []
    for one in wanted:
        taken = baskets.taken_apart(one)
        off = Money(outcome.by_line.get(one.key, 0), one.price.currency)
        offs = off.allocate([part.price.minor * part.quantity for part in taken]) if len(taken) > 1 else [off]
        bought += taken
        items += [_item(part, share.minor) for part, share in zip(taken, offs, strict=True)]
    return [*bought, *gifts], [*items, *(_item(one, one.price.minor * one.quantity) for one in gifts)]


def _whole(one: baskets.Wanted, lines: Sequence[QuotedLine], regime: Regime) -> QuotedLine:
    """A bundle as one line, of the lines that it was taken apart into."""
    mine = [line for line in lines if line.bundle and line.bundle.key == one.key]
    zero = Money.zero(one.price.currency)
    sums = {name: sum((getattr(line, name) for line in mine), zero) for name in ("discount", "shipping", "tax")}
    amounts = rules.ItemAmounts(**sums, included_tax=zero, taxes=tuple(tax for line in mine for tax in line.taxes))
    return replace(quoted_line(one, _item(one, 0), amounts, regime), parts=one.offer.parts)


def _item(one: baskets.Wanted, off: int) -> rules.Item:
    return rules.Item(one.price * one.quantity, one.offer.tax_class, Money(off, one.price.currency), one.quantity)


def _left(item: rules.Item) -> Money:
    return item.total if item.discount is None else item.total - item.discount


def _ways(
    run: engine.Run,
    basket: Basket,
    offered: promotions.Offered,
    before: Outcome,
    first: tuple[Sequence[baskets.Wanted], Sequence[rules.Item]],
    ruling: taxation.Ruling,
    where: taxation.Place,
) -> list[Way]:
    """The ways of delivery at what they cost after promotions, and all that these take off with each; where there is no
    way, what they take off without, which is `before`. `first` is what is bought then.
    """
    bought, items = first
    if baskets.is_by_email(bought):
        return [(deliveries.by_email(basket.currency, at=bought[0].offer.moment), before)]
    spent = sum(line.price * line.quantity for line in basket.lines) - sum(before.by_line.values())
    options = deliveries.delivery_options(
        country=where.country,
        state=where.state,
        postal_code=where.postal_code,
        currency=basket.currency,
        subtotal=Money(spent, basket.currency),
        at=basket.at if basket.lines else None,
        goods=[baskets.goods(one, _left(item)) for one, item in zip(bought, items, strict=True)],
    )
    is_cheaper = any(one.lane is Lane.SHIPPING for one in offered.promotions)
    found: list[Way] = []
    for option in options:
        price = ruling.regime.price(option.price, DELIVERY)
        outcome = run.outcome(price.minor, option.code) if is_cheaper else before
        found.append((replace(option, price=price - Money(outcome.shipping, basket.currency)), outcome))
    return found or [(None, before)]


def quoted_line(
    one: baskets.Wanted, item: rules.Item, share: rules.ItemAmounts, regime: Regime, *, is_gift: bool = False
) -> QuotedLine:
    """A line of these units, given its amounts."""
    offer = one.offer
    # What a part of a bundle costs is its share, whatever it costs by itself.
    is_single = not one.bundle and baskets.price_of(offer, one.quantity) == offer.unit_price
    steps = () if one.bundle else offer.breaks
    step = next((step for step in steps if step.quantity > one.quantity), None)
    return QuotedLine(
        variant_id=offer.variant_id,
        product_id=offer.product_id,
        sku=offer.sku,
        name=offer.name,
        lang=offer.lang,
        options=offer.options,
        url=offer.url,
        picture=offer.picture,
        quantity=one.quantity,
        unit_price=one.price,
        regular_price=one.here(offer.regular_price, regime) if is_single and offer.regular_price else None,
        line_total=item.total,
        discount=share.discount,
        shipping=share.shipping,
        tax=share.tax,
        tax_class=item.tax_class,
        taxes=share.taxes,
        is_gift=is_gift,
        customizations=one.answers.customizations,
        listed_price=one.listed,
        bundle=one.bundle,
        reduced_by=offer.reduced_by if is_single else "",
        next_break=replace(step, price=one.here(step.price, regime)) if step else None,
    )
