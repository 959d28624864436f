"""An amount off."""

from __future__ import annotations

from dataclasses import dataclass

from cart.promotions.rules import Amounts, Lane, Refusal, Scope, Why
from cart.promotions.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Amount:
    """`amounts`: of each unit in the lane of lines, else of all together; never more than it costs."""

    amounts: Amounts

    def take(self, shelf: Shelf, scope: Scope) -> Refusal | None:
        amount = self.amounts.get(shelf.currency)
        if amount is None:
            return Refusal(Why.CURRENCY)
        if shelf.lane is Lane.SHIPPING:
            if not shelf.shipping:
                return Refusal(Why.NO_DELIVERY)
            shelf.off_shipping(min(amount, shelf.shipping))
            return None
        stacks = shelf.open(scope)
        if not stacks:
            return Refusal(Why.NOTHING_LEFT)
        if shelf.lane is Lane.ORDER:
            shelf.spread(min(amount, sum(stack.left for stack in stacks)), stacks)
            return None
        for stack in stacks:
            shelf.off(stack, min(amount * stack.quantity, stack.left))
        return None
