"""What is bought as promotions see it, and what they make of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from cart.promotions.rules import Basket, Line, Outcome
from cart.promotions.selectors import Offered
from catalog.products import selectors as products
from inventory.stock import selectors as stock
from shop.core.money import Money

NO_TIME = datetime.min.replace(tzinfo=UTC)  # nothing is bought, and nothing is off


@dataclass(frozen=True, slots=True)
class Discount:
    """What one promotion takes off the goods (positive, or nought where it only makes the delivery cheaper), and the
    coupon by which it came, if any."""

    code: str
    name: str
    amount: Money
    is_for_delivery: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Units of a variant: in the cart, or to be given."""

    offer: products.Offer
    price: Money
    quantity: int


def price_of(offer: products.Offer, quantity: int = 1) -> Money:
    """Of each of so many units, which are sold."""
    price = offer.for_quantity(quantity)
    if price is None:
        raise LookupError(f"{offer.sku} has no price")  # is_sellable says it has
    return price


def wanted(offer: products.Offer, quantity: int) -> Wanted:
    return Wanted(offer, price_of(offer, quantity), quantity)


def basket(wanted: Sequence[Wanted], given: Mapping[UUID, Wanted], *, currency: str, **who: Any) -> Basket:
    """`given`: what there is to give; `who` buys, and where to: the other facts of a basket."""
    return Basket(
        currency=currency,
        lines=tuple(Line(str(one.offer.variant_id), one.price.minor, one.quantity, one.offer.keys) for one in wanted),
        at=max((one.offer.moment for one in wanted), default=NO_TIME),
        gifts={str(variant): (one.price.minor, one.quantity) for variant, one in given.items()},
        **who,
    )


def gifts(offered: Offered, offers: Mapping[UUID, products.Offer], taken: Mapping[UUID, int]) -> dict[UUID, Wanted]:
    """What promotions may give and the shop has, beside the units in the cart. One query, none without gifts."""
    named = [offers[variant] for variant in offered.gifts if variant in offers and offers[variant].is_sellable]
    units = stock.available([offer.variant_id for offer in named]) if named else {}
    found = {}
    for offer in named:
        left = units.get(offer.variant_id, 0) - taken.get(offer.variant_id, 0)
        if offer.unit_price is not None and left > 0:
            found[offer.variant_id] = Wanted(offer, offer.unit_price, left)
    return found


def discounts(outcome: Outcome, currency: str) -> Iterator[Discount]:
    """What each promotion takes off the goods, gifts among it; and those that only make the delivery cheaper, as
    nothing.
    """
    for one in outcome.applied:
        goods = one.worth - one.shipping
        yield Discount(one.promotion.code, _(one.promotion.name), Money(goods, currency), one.shipping > 0)
