"""The more one buys, the more is off."""

from __future__ import annotations

from dataclasses import dataclass, field

from cart.promotions.kinds import percent
from cart.promotions.rules import Amounts, Lane, Refusal, Scope, Why
from cart.promotions.shelf import Shelf, units


@dataclass(frozen=True, slots=True)
class Step:
    """From `spend` or from `quantity` units of the scope on: `points` hundredths of a percent off, or `amounts` off all
    together.
    """

    spend: Amounts = field(default_factory=dict)
    quantity: int = 0
    points: int = 0
    amounts: Amounts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tiers:
    """The last step that is reached counts for all units of the scope. Steps go up."""

    steps: tuple[Step, ...]

    def take(self, shelf: Shelf, scope: Scope) -> Refusal | None:
        stacks = shelf.open(scope)
        if not stacks:
            return Refusal(Why.NO_PRODUCT)
        spent, number = sum(stack.left for stack in stacks), units(stacks)
        steps = [step for step in self.steps if not step.spend or shelf.currency in step.spend]
        if not steps:
            return Refusal(Why.CURRENCY)
        reached = [one for one in steps if spent >= one.spend.get(shelf.currency, 0) and number >= one.quantity]
        if not reached:
            first = steps[0]
            if number < first.quantity:
                return Refusal(Why.QUANTITY, first.quantity - number, first.quantity)
            return Refusal(Why.MINIMUM, first.spend[shelf.currency] - spent, first.spend[shelf.currency])
        step = reached[-1]
        if not step.points and shelf.currency not in step.amounts:
            return Refusal(Why.CURRENCY)
        if step.points and shelf.lane is Lane.LINE:
            for stack in stacks:
                shelf.off(stack, percent.of(stack.left, step.points))
        else:
            amount = percent.of(spent, step.points) if step.points else min(step.amounts[shelf.currency], spent)
            shelf.spread(amount, stacks)
        return None
