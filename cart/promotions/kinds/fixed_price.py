"""A price of its own for each unit."""

from __future__ import annotations

from dataclasses import dataclass

from cart.promotions.rules import Amounts, Refusal, Scope, Why
from cart.promotions.shelf import Shelf


@dataclass(frozen=True, slots=True)
class FixedPrice:
    """`prices`: what a unit costs with it; one that costs less already keeps its price."""

    prices: Amounts

    def take(self, shelf: Shelf, scope: Scope) -> Refusal | None:
        price = self.prices.get(shelf.currency)
        if price is None:
            return Refusal(Why.CURRENCY)
        dearer = [stack for stack in shelf.open(scope) if stack.left > price * stack.quantity]
        if not dearer:
            return Refusal(Why.NOTHING_LEFT)
        for stack in dearer:
            shelf.off(stack, stack.left - price * stack.quantity)
        return None
