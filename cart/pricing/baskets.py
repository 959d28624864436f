"""What is bought as promotions and deliveries see it, and what promotions make of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from cart.promotions.rules import Basket, Line, Outcome
from cart.promotions.selectors import Offered
from cart.shipping.rules import Goods
from cart.tax.regimes import Regime
from catalog.bundles import rules as bundles
from catalog.customizations import rules as customizing
from catalog.customizations.rules import Answers, Value
from catalog.products import selectors as products
from catalog.products.rules import GIFT_CARD, needs_delivery
from catalog.translations import selectors as translations
from inventory.stock import selectors as stock
from shop.core import db
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
class Bundle:
    """So many bundles, of which a line is a part. `id` is the same for all lines of these units of it."""

    id: str
    key: str  # of the line in the cart
    variant_id: UUID
    product_id: UUID
    sku: str
    name: str
    quantity: int
    unit_price: Money


@dataclass(frozen=True, slots=True)
class Wanted:
    """Units of a variant: in the cart, or to be given. `price` is that of one where it goes, with what its
    customizations cost; `listed` what the catalogue asks for the same.
    """

    offer: products.Offer
    price: Money
    quantity: int
    answers: Answers = field(default_factory=Answers)
    listed: Money | None = None
    bundle: Bundle | None = None  # of which it is a part

    @property
    def key(self) -> str:
        """Its name among the lines of the quote."""
        return customizing.line_key(self.offer.variant_id, customizing.key(self.answers.values))

    def here(self, price: Money, regime: Regime) -> Money:
        """Another price of the catalogue as it is for one made like this, where it goes."""
        return regime.price(price + Money(self.answers.price_minor, price.currency), self.offer.tax_class)


def price_of(offer: products.Offer, quantity: int = 1) -> Money:
    """Of each of so many units, which are sold."""
    price = offer.for_quantity(quantity)
    if price is None:
        raise LookupError(f"{offer.sku} has no price")  # is_sellable says it has
    return price


def wanted(offer: products.Offer, quantity: int, customizations: Mapping[str, Value], regime: Regime) -> Wanted:
    """What is asked for, at the price that it has where it goes; `answers` has problems where the product is not made
    like this."""
    found, price = customizing.answers(offer.asked, customizations), price_of(offer, quantity)
    listed = price + Money(found.price_minor, price.currency)
    return Wanted(offer, regime.price(listed, offer.tax_class), quantity, found, listed)


def units_of(offer: products.Offer) -> Mapping[UUID, int]:
    """The units that one unit takes from the stock: of a bundle those of its parts."""
    return {part.offer.variant_id: part.quantity for part in offer.parts} or {offer.variant_id: 1}


def taken_apart(one: Wanted) -> list[Wanted]:
    """Units of a bundle as those of its parts, each at its share of the price (`catalog.bundles.rules.shares`); what is
    no bundle as it is.
    """
    offer = one.offer
    if not offer.parts:
        return [one]
    bundle = Bundle(
        str(db.uuid7()), one.key, offer.variant_id, offer.product_id, offer.sku, offer.name, one.quantity, one.price
    )
    costs = [(_cost(part.offer), part.quantity) for part in offer.parts]
    return [
        Wanted(
            offer.parts[share.part].offer,
            Money(share.price, one.price.currency),
            share.units * one.quantity,
            bundle=bundle,
        )
        for share in bundles.shares(one.price.minor, costs)
    ]


def _cost(offer: products.Offer) -> int:
    """What a part costs by itself, without a sale; nothing where it is not sold in this currency."""
    price = offer.regular_price or offer.unit_price
    return price.minor if price else 0


def units(wanted: Sequence[Wanted]) -> Mapping[UUID, int]:
    """How many units of each variant."""
    counts: Counter[UUID] = Counter()
    for one in wanted:
        for variant, count in units_of(one.offer).items():
            counts[variant] += count * one.quantity
    return counts


def basket(wanted: Sequence[Wanted], given: Mapping[UUID, Wanted], *, currency: str, **who: Any) -> Basket:
    """`given`: what there is to give; `who` buys, and where to: the other facts of a basket. Gift cards are money: no
    promotion makes them cheaper or counts their price.
    """
    goods = [one for one in wanted if one.offer.tax_class != GIFT_CARD]
    return Basket(
        currency=currency,
        lines=tuple(Line(one.key, one.price.minor, one.quantity, one.offer.keys) for one in goods),
        at=max((one.offer.moment for one in wanted), default=NO_TIME),
        gifts={str(variant): (one.price.minor, one.quantity) for variant, one in given.items()},
        **who,
    )


def is_by_email(bought: Sequence[Wanted]) -> bool:
    """Whether something is bought, and nothing of it goes to an address."""
    return bool(bought) and not any(needs_delivery(one.offer.tax_class) for one in bought)


def goods(one: Wanted, value: Money) -> Goods:
    """What is bought as delivery sees it; `value` is what it costs after its discount."""
    offer = one.offer
    return Goods(
        offer.variant_id, one.quantity, value.minor, offer.weight_grams or 0, offer.cubic_mm or 0, offer.keys
    )  # fmt: skip


def gifts(
    offered: Offered, offers: Mapping[UUID, products.Offer], taken: Mapping[UUID, int], regime: Regime
) -> dict[UUID, Wanted]:
    """What promotions may give and the shop has, beside the units in the cart. One query, none without gifts."""
    known = [offers[variant] for variant in offered.gifts if variant in offers]
    named = [offer for offer in known if offer.is_sellable and not (offer.needs_answers or offer.parts)]
    units = stock.available([offer.variant_id for offer in named]) if named else {}
    found = {}
    for offer in named:
        left = units.get(offer.variant_id, 0) - taken.get(offer.variant_id, 0)
        if offer.unit_price is not None and left > 0:
            found[offer.variant_id] = Wanted(offer, regime.price(offer.unit_price, offer.tax_class), left)
    return found


def discounts(outcome: Outcome, currency: str) -> Iterator[Discount]:
    """What each promotion takes off the goods, gifts among it; and those that only make the delivery cheaper, as
    nothing.
    """
    for one in outcome.applied:
        goods = one.worth - one.shipping
        yield Discount(
            one.promotion.code, translations.said(one.promotion.name), Money(goods, currency), one.shipping > 0
        )
