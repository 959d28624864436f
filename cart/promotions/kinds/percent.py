"""A percentage off."""

from __future__ import annotations

from dataclasses import dataclass, field

from cart.promotions.rules import Amounts, Lane, Refusal, Scope, Why
from cart.promotions.shelf import Shelf

WHOLE = 10_000  # hundredths of a percent


@dataclass(frozen=True, slots=True)
class Percent:
    """`points`: hundredths of a percent, 1 to 10,000. Of each line by itself in the lane of lines, else of all;
    half a minor unit is rounded up. At most `most` altogether, where it names the basket's currency.
    """

    points: int
    most: Amounts = field(default_factory=dict)

    def take(self, shelf: Shelf, scope: Scope) -> Refusal | None:
        if shelf.lane is Lane.SHIPPING:
            if not shelf.shipping:
                return Refusal(Why.NO_DELIVERY)
            shelf.off_shipping(self._capped(of(shelf.shipping, self.points), shelf.currency))
            return None
        stacks = shelf.open(scope)
        if not stacks:
            return Refusal(Why.NOTHING_LEFT)
        if shelf.lane is Lane.ORDER:
            amount = of(sum(stack.left for stack in stacks), self.points)
            shelf.spread(self._capped(amount, shelf.currency), stacks)
            return None
        parts = {id(stack): of(stack.left, self.points) for stack in stacks}
        amount = sum(parts.values())
        if self._capped(amount, shelf.currency) < amount:
            shelf.spread(self._capped(amount, shelf.currency), stacks)
        else:
            for stack in stacks:
                shelf.off(stack, parts[id(stack)])
        return None

    def _capped(self, amount: int, currency: str) -> int:
        return min(amount, self.most.get(currency, amount))


def of(amount: int, points: int) -> int:
    """So many hundredths of a percent of an amount, half a unit rounded up."""
    return (2 * amount * points + WHOLE) // (2 * WHOLE)
