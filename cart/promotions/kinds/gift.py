"""A product as a present."""

from __future__ import annotations

from dataclasses import dataclass

from cart.promotions.rules import Refusal, Scope, Why
from cart.promotions.shelf import Shelf, units


@dataclass(frozen=True, slots=True)
class Gift:
    """`quantity` units of `variant` come along, once; or for every `per` units of the scope, at most `most` units, and
    no more than there are.
    """

    variant: str
    quantity: int = 1
    per: int = 0
    most: int = 0

    def take(self, shelf: Shelf, scope: Scope) -> Refusal | None:
        stacks = shelf.open(scope)
        number = units(stacks)
        if not stacks:
            return Refusal(Why.NO_PRODUCT)
        if number < self.per:
            return Refusal(Why.QUANTITY, self.per - number, self.per)
        units_left = shelf.gifts.get(self.variant, (0, 0))[1] - shelf.given.get(self.variant, 0)
        if units_left < 1:
            return Refusal(Why.NO_GIFT)
        given = min(self.quantity * (number // self.per if self.per else 1), units_left)
        shelf.give(self.variant, min(given, self.most) if self.most else given)
        shelf.use(stacks)
        return None
