"""What is bought as promotions see it, and what they make of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from cart.promotions import rules
from cart.promotions.rules import Basket, Line, Outcome
from cart.promotions.selectors import Offered
from catalog.customizations import rules as customizing
from catalog.customizations.rules import Answers, Value
from catalog.products import selectors as products
from catalog.products import tree
from catalog.products.described import Described
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
    """Units of a variant: in the cart, or to be given. `price` is that of one with what its customizations cost."""

    offer: products.Offer
    price: Money
    quantity: int
    answers: Answers = field(default_factory=Answers)

    @property
    def key(self) -> str:
        """Its name among the lines of the quote."""
        return customizing.line_key(self.offer.variant_id, customizing.key(self.answers.values))


def price_of(offer: products.Offer) -> Money:
    """Of a unit that is sold."""
    if offer.unit_price is None:
        raise LookupError(f"{offer.sku} has no price")  # is_sellable says it has
    return offer.unit_price


def wanted(offer: products.Offer, quantity: int, customizations: Mapping[str, Value]) -> Wanted:
    """What is asked for; `answers` has problems where the product is not made like this."""
    found, price = customizing.answers(offer.asked, customizations), price_of(offer)
    return Wanted(offer, price + Money(found.price_minor, price.currency), quantity, found)


def units(wanted: Sequence[Wanted]) -> Mapping[UUID, int]:
    """How many units of each variant."""
    counts: Counter[UUID] = Counter()
    for one in wanted:
        counts[one.offer.variant_id] += one.quantity
    return counts


def basket(wanted: Sequence[Wanted], given: Mapping[UUID, Wanted], *, currency: str, country: str) -> Basket:
    """`given`: what there is to give."""
    found = keys_of([one.offer for one in wanted])
    return Basket(
        currency=currency,
        lines=tuple(
            Line(one.key, one.price.minor, one.quantity, keys)
            for one, keys in zip(wanted, found, strict=True)
        ),
        at=max((one.offer.moment for one in wanted), default=NO_TIME),
        country=country,
        gifts={str(variant): (one.price.minor, one.quantity) for variant, one in given.items()},
    )


def keys_of(offers: Iterable[products.Offer | Described]) -> list[frozenset[str]]:
    """What each is, as the scopes of promotions name it."""
    shelves = tree.tree()  # asks the cache: once for all
    return [
        rules.keys_of(
            variant=offer.variant_id,
            product=offer.product_id,
            brand=offer.brand,
            categories=[str(node.id) for node in shelves.ancestors(offer.category_path)] if offer.category_path else [],
            tags=offer.tags,
            attributes=[(code, str(value)) for code, value in offer.attributes.items()],
        )
        for offer in offers
    ]


def gifts(offered: Offered, offers: Mapping[UUID, products.Offer], taken: Mapping[UUID, int]) -> dict[UUID, Wanted]:
    """What promotions may give and the shop has, beside the units in the cart. One query, none without gifts."""
    known = [offers[variant] for variant in offered.gifts if variant in offers]
    named = [offer for offer in known if offer.is_sellable and not offer.needs_answers]
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
