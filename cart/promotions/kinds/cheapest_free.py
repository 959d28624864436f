"""Of so many, the cheapest free."""

from __future__ import annotations

from dataclasses import dataclass

from cart.promotions.rules import Refusal, Scope, Why
from cart.promotions.shelf import Shelf, cheapest_first, units


@dataclass(frozen=True, slots=True)
class CheapestFree:
    """With `of` units or more of the scope, the `free` cheapest of all cost nothing: once, or of every `of` units if it
    `is_repeated`. All of them are used by it.
    """

    of: int
    free: int = 1
    is_repeated: bool = False

    def take(self, shelf: Shelf, scope: Scope) -> Refusal | None:
        stacks = shelf.open(scope)
        number = units(stacks)
        if not stacks:
            return Refusal(Why.NO_PRODUCT)
        if number < self.of:
            return Refusal(Why.QUANTITY, self.of - number, self.of)
        left = self.free * (number // self.of if self.is_repeated else 1)
        for stack in cheapest_first(stacks):
            if left:
                part = shelf.part(stack, min(left, stack.quantity))
                left -= part.quantity
                shelf.off(part, part.left)
        shelf.use(stack for stack in stacks if stack.left)
        return None
