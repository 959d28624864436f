"""One price for several together: any three for $20, a camera with a lens and a bag for $900."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cart.promotions.rules import Amounts, Refusal, Scope, Why
from cart.promotions.shelf import Shelf, Stack, cheapest_first

MOST_SETS = 10**6


@dataclass(frozen=True, slots=True)
class BundlePrice:
    """`prices`: of one set. A set has so many units of each of `parts`; where there are none, `quantity` units of the
    promotion's scope. The dearest units make the first set; a set that costs less already keeps its price. At most
    `most` sets (0: as many as there are).
    """

    prices: Amounts
    quantity: int = 0
    parts: tuple[tuple[Scope, int], ...] = ()
    most: int = 0

    def take(self, shelf: Shelf, scope: Scope) -> Refusal | None:
        price = self.prices.get(shelf.currency)
        if price is None:
            return Refusal(Why.CURRENCY)
        wanted = self.parts or ((scope, self.quantity),)
        missing = sum(self._lacking(shelf, wanted))
        needed = sum(number for _scope, number in wanted)
        if missing:
            return Refusal(Why.NO_PRODUCT if missing == needed else Why.QUANTITY, missing, needed)
        left = self.most or MOST_SETS
        while left and (chosen := self._set(shelf, wanted)):
            # The same units make the same set again, as long as there are enough of each.
            times = min(left, *(stack.quantity // number for stack, number in chosen))
            cost = sum(stack.left * number // stack.quantity for stack, number in chosen)
            if cost <= price:
                break
            sets = [shelf.part(stack, number * times) for stack, number in chosen]
            shelf.spread(sum(stack.left for stack in sets) - price * times, sets)
            left -= times
        return None if shelf.taken.by_line else Refusal(Why.NOTHING_LEFT)

    def _lacking(self, shelf: Shelf, wanted: Sequence[tuple[Scope, int]]) -> Iterator[int]:
        """How many units of each part are missing for the first set; a unit counts for the first part that it fits."""
        used: dict[int, int] = {}
        for scope, number in wanted:
            for stack in shelf.open(scope):
                take = min(number, stack.quantity - used.get(id(stack), 0))
                used[id(stack)] = used.get(id(stack), 0) + take
                number -= take
            yield number

    def _set(self, shelf: Shelf, wanted: Sequence[tuple[Scope, int]]) -> list[tuple[Stack, int]]:
        """The dearest units that make one set, and how many of each stack; none if there are too few."""
        chosen: dict[Stack, int] = {}
        for scope, number in wanted:
            for stack in reversed(cheapest_first(shelf.open(scope))):
                take = min(number, stack.quantity - chosen.get(stack, 0))
                if take:
                    chosen[stack] = chosen.get(stack, 0) + take
                    number -= take
            if number:  # too few, or what fits several parts went to another one
                return []
        return list(chosen.items())
