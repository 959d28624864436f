"""Buy some, get others cheaper: 3 for 2, a case with every two phones, the second one half price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cart.promotions.kinds import percent
from cart.promotions.rules import Refusal, Scope, Why
from cart.promotions.shelf import Shelf, Stack, cheapest_first, units


@dataclass(frozen=True, slots=True)
class BuyGet:
    """For every `buy` units of `bought` (None: of the promotion's scope), `get` units of the scope have `points`
    hundredths of a percent off, at most `most` times (0: as often as it goes).

    No unit is both bought and given. The cheapest that can be given are; those that cannot be given are bought first,
    then the dearest.
    """

    buy: int
    get: int
    points: int = percent.WHOLE
    bought: Scope | None = None
    most: int = 0

    def take(self, shelf: Shelf, scope: Scope) -> Refusal | None:
        given = shelf.open(scope)
        bought = given if self.bought is None else shelf.open(self.bought)
        if not given:
            return Refusal(Why.NO_PRODUCT)
        both = [stack for stack in given if stack in bought]
        only_given, only_bought = units(given) - units(both), units(bought) - units(both)
        times = self._times(only_given, only_bought, units(both))
        if not times:
            return Refusal(Why.QUANTITY, self._missing(only_given, only_bought, units(both)), self.buy + self.get)
        spare = units(both) - max(0, times * self.buy - only_bought)  # of those that are both, what can be given
        gifts = _pick(shelf, cheapest_first(given), times * self.get, both, spare)
        for stack in gifts:
            shelf.off(stack, percent.of(stack.left, self.points))
        rest = shelf.open(self.bought or scope)
        rest.sort(key=lambda one: (scope.has(one.keys), -one.left / one.quantity, one.line))
        shelf.use(_pick(shelf, rest, times * self.buy, [], 0))
        return None

    def _times(self, only_given: int, only_bought: int, both: int) -> int:
        most = min((only_bought + both) // self.buy, (only_given + both) // self.get)
        most = min(most, (only_given + only_bought + both) // (self.buy + self.get))
        most = min(most, self.most) if self.most else most
        while most and max(0, most * self.buy - only_bought) + max(0, most * self.get - only_given) > both:
            most -= 1
        return most

    def _missing(self, only_given: int, only_bought: int, both: int) -> int:
        """How many units more it takes for the first time."""
        wanted = max(0, self.buy - only_bought) + max(0, self.get - only_given)
        return max(1, wanted - both)


def _pick(shelf: Shelf, stacks: Sequence[Stack], wanted: int, both: Sequence[Stack], spare: int) -> list[Stack]:
    """So many units of the stacks in turn, of those in `both` no more than can be spared."""
    picked = []
    for stack in stacks:
        is_both = stack in both
        number = min(wanted, stack.quantity, spare) if is_both else min(wanted, stack.quantity)
        if number > 0:
            picked.append(shelf.part(stack, number))
            wanted -= number
            spare -= number if is_both else 0
    return picked
