"""Which promotions a basket gets, what each takes off, and why the others do not. Pure.

- Lanes in turn: lines, the order, the delivery; the catalogue's is in the prices already. Each sees what those before
  it left; a minimum counts what its lane found at its beginning.
- In a lane by priority, the lowest number first; of the same priority what would save more by itself.
- Promotions that are not combinable share no unit of their lane with any other; those that are go one after the other,
  each on what the ones before left.
- An exclusive promotion goes with no other: the shopper gets it, or all the others together, whichever saves more.

The order of lines, and that of the promotions as they are given, makes no difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from cart.promotions.rules import CART_LANES, NOTHING, Basket, Lane, Outcome, Promotion, Refusal, Tried, Why
from cart.promotions.shelf import Shelf, units

_LANES = {lane: place for place, lane in enumerate(CART_LANES)}
_GOODS = (Lane.LINE, Lane.ORDER)


def run(basket: Basket, promotions: Iterable[Promotion]) -> Outcome:
    """What `promotions` (none of the catalogue's lane) take off `basket`, each in the trace once, in turn."""
    return Run(basket, promotions).outcome(basket.shipping, basket.delivery)


class Run:
    """The same for several ways of delivery: what is off the goods is worked out once."""

    def __init__(self, basket: Basket, promotions: Iterable[Promotion]) -> None:
        self._basket = basket
        self._given = sorted(promotions, key=_turn)
        self._together = _Together(basket, [one for one in self._given if not one.is_exclusive])
        self._alone = {one.id: _Together(basket, [one]) for one in self._given if one.is_exclusive}

    def outcome(self, shipping: int | None, delivery: str = "") -> Outcome:
        """With a delivery that costs so much, of this code; None: not known."""
        if not self._given:
            return NOTHING
        best = self._together.tried(shipping, delivery)
        tried = {one.promotion.id: one for one in best}
        most = sum(one.worth for one in best)
        for key, alone in self._alone.items():
            tried[key] = alone.tried(shipping, delivery)[0]
            if tried[key].worth > most:
                best, most = [tried[key]], tried[key].worth
        chosen = {one.promotion.id for one in best if one.refusal is None}
        trace: list[Tried] = []
        by_line: dict[str, int] = {}
        for promotion in self._given:
            one = tried[promotion.id]
            if one.refusal is None and promotion.id not in chosen:
                one = Tried(promotion, Refusal(Why.EXCLUDED))
            trace.append(one)
            for line, amount in one.by_line.items():
                by_line[line] = by_line.get(line, 0) + amount
        return Outcome(by_line, sum(one.shipping for one in trace), tuple(trace))


class _Together:
    """Promotions that may apply together."""

    def __init__(self, basket: Basket, promotions: Sequence[Promotion]) -> None:
        self._basket = basket
        self._shelf = Shelf(basket)
        self._goods: list[Tried] = []
        self._delivery = [one for one in promotions if one.lane is Lane.SHIPPING]
        for lane in _GOODS:
            self._shelf.enter(lane)
            self._goods += _in_lane(basket, [one for one in promotions if one.lane is lane], self._shelf)

    def tried(self, shipping: int | None, delivery: str) -> list[Tried]:
        if not self._delivery:
            return self._goods
        basket = replace(self._basket, shipping=shipping, delivery=delivery)
        return [*self._goods, *_in_lane(basket, self._delivery, self._shelf.delivered(shipping))]


def _turn(promotion: Promotion) -> tuple[int, int, str]:
    return _LANES[promotion.lane], promotion.priority, promotion.id


def _in_lane(basket: Basket, promotions: Sequence[Promotion], shelf: Shelf) -> list[Tried]:
    tried, able = [], []
    for promotion in promotions:
        refusal = _unmet(promotion, basket, shelf)
        if refusal:
            tried.append(Tried(promotion, refusal))
        else:
            able.append(promotion)
    return [*tried, *(_try(promotion, shelf) for promotion in _in_turn(able, shelf))]


def _unmet(promotion: Promotion, basket: Basket, shelf: Shelf) -> Refusal | None:
    """The first of the conditions that does not hold."""
    terms = promotion.conditions
    why = _kept_from(promotion, basket)
    if why is None:
        is_needed = terms.needs is not None and not shelf.has(terms.needs)
        if is_needed or not shelf.has(promotion.scope):  # also of the delivery: nothing is sent
            why = Why.NO_PRODUCT
        elif terms.minimum and basket.currency not in terms.minimum:
            why = Why.CURRENCY
    return Refusal(why) if why else _short(promotion, shelf) or _brought_otherwise(promotion, basket)


def _kept_from(promotion: Promotion, basket: Basket) -> Why | None:
    """Why nothing in the basket matters. One after the other: of two hundred promotions most end here."""
    terms = promotion.conditions
    if promotion.starts_at is not None and basket.at < promotion.starts_at:
        return Why.NOT_STARTED
    if promotion.ends_at is not None and basket.at >= promotion.ends_at:
        return Why.EXPIRED
    if terms.channels and basket.channel not in terms.channels:
        return Why.CHANNEL
    if terms.countries and basket.country not in terms.countries:
        return Why.COUNTRY
    if terms.groups and terms.groups.isdisjoint(basket.groups):
        return Why.GROUP
    if terms.is_first_order and not basket.is_first_order:
        return Why.NOT_FIRST_ORDER
    return promotion.limit


def _short(promotion: Promotion, shelf: Shelf) -> Refusal | None:
    """What is missing of the minimum in money or units."""
    terms = promotion.conditions
    if not terms.minimum and not terms.minimum_quantity:
        return None
    stacks = shelf.within(promotion.scope)
    needed = terms.minimum.get(shelf.currency, 0)
    spent, number = sum(one.left for one in stacks), units(stacks)
    if number < terms.minimum_quantity:
        return Refusal(Why.QUANTITY, terms.minimum_quantity - number, terms.minimum_quantity)
    return Refusal(Why.MINIMUM, needed - spent, needed) if spent < needed else None


def _brought_otherwise(promotion: Promotion, basket: Basket) -> Refusal | None:
    """The last of the conditions: what is missing of the others is worth knowing before a delivery is chosen."""
    named = promotion.conditions.deliveries
    is_other = named and basket.shipping is not None and basket.delivery not in named
    return Refusal(Why.DELIVERY) if is_other else None


def _in_turn(promotions: Sequence[Promotion], shelf: Shelf) -> list[Promotion]:
    """By priority; of the same one what would save more by itself."""
    if len({one.priority for one in promotions}) == len(promotions):
        return list(promotions)
    saves: dict[str, int] = {}
    for promotion in promotions:
        saves[promotion.id] = _try(promotion, shelf).worth
        shelf.undo()
    return sorted(promotions, key=lambda one: (one.priority, -saves[one.id], one.id))


def _try(promotion: Promotion, shelf: Shelf) -> Tried:
    """What the promotion takes off the shelf, or why nothing."""
    shelf.begin(is_combinable=promotion.is_combinable)
    if promotion.lane is Lane.SHIPPING and not shelf.is_open(shelf.shipping_use):
        return Tried(promotion, Refusal(Why.TAKEN))
    refusal = promotion.kind.take(shelf, promotion.scope)
    worth = shelf.worth
    if not refusal and not worth:
        refusal = Refusal(Why.NOTHING_LEFT)
    elif refusal:
        why = _why(promotion, refusal.why, shelf)
        refusal = refusal if why is refusal.why else replace(refusal, why=why)
    elif promotion.budget_left is not None and worth > promotion.budget_left:
        refusal = Refusal(Why.BUDGET)
    if refusal:
        shelf.undo()
        return Tried(promotion, refusal)
    taken = shelf.taken
    return Tried(promotion, None, taken.by_line, taken.shipping, tuple(taken.gifts), worth)


def _why(promotion: Promotion, why: Why, shelf: Shelf) -> Why:
    """Too few units are there, or others that it does not go together with have them."""
    if why not in {Why.NO_PRODUCT, Why.NOTHING_LEFT, Why.QUANTITY}:
        return why
    is_taken = any(one.left and not shelf.is_open(one.use) for one in shelf.within(promotion.scope))
    return Why.TAKEN if is_taken else why
