"""The goods of a basket while promotions take something off, one after the other. Pure.

A stack is units of one line that cost the same; it is divided where a promotion is for some of them only. Kinds ask for
what is open to them, and take off; what they took and from which line is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cart.promotions.rules import Basket, Lane, Scope
from shop.core.money import shares

FREE, SHARED, ALONE = 0, 1, 2  # of a stack: taken by nobody, by promotions that go together, by one that does not


@dataclass(slots=True, eq=False)
class Stack:
    """`left` is what all its units still cost, in minor units. `turn` says which promotion used them last, `kept` which
    one has kept how the stack was before.
    """

    line: str
    keys: frozenset[str]
    quantity: int
    left: int
    use: int = FREE
    turn: int = 0
    kept: int = 0

    def apart(self, quantity: int, left: int) -> Stack:
        """Units of it as a stack of their own. Written out: it is made thousands of times."""
        return Stack(self.line, self.keys, quantity, left, self.use, self.turn, self.kept)


@dataclass(slots=True)
class Taken:
    """What one promotion took."""

    by_line: dict[str, int] = field(default_factory=dict)
    shipping: int = 0
    gifts: list[tuple[str, int]] = field(default_factory=list)

    @property
    def amount(self) -> int:
        """Minor units that are off; what a gift would have cost is not among them."""
        return sum(self.by_line.values()) + self.shipping


class Shelf:
    """All that is left of a basket in one lane. Lines are in the order of their keys, whatever the basket's was."""

    def __init__(self, basket: Basket) -> None:
        self.currency, self.gifts, self.shipping = basket.currency, basket.gifts, basket.shipping
        lines = sorted(basket.lines, key=lambda line: line.key)
        self.lines = [[Stack(line.key, line.keys, line.quantity, line.price * line.quantity)] for line in lines]
        self._keys = [line.keys for line in lines]
        self._places: dict[str, list[int]] = {}  # of lines, by what they are
        for place, line in enumerate(lines):
            for key in line.keys:
                self._places.setdefault(key, []).append(place)
        self._scopes: dict[int, tuple[Scope, list[int]]] = {}  # by its id: the places of what was asked for
        self.shipping_use = FREE
        self.given: dict[str, int] = {}
        self.lane = Lane.LINE
        self.is_combinable = False
        self.turn = 0
        self.taken = Taken()
        self._kept: list[tuple[Stack, int, int, int]] = []
        self._apart: list[tuple[list[Stack], Stack]] = []
        self._before: tuple[int | None, int, dict[str, int]] = (self.shipping, FREE, {})

    def delivered(self, price: int | None) -> Shelf:
        """The same goods in the lane of the delivery, which costs so much: the last one, in which nobody takes anything
        off goods."""
        other = Shelf.__new__(Shelf)
        other.__dict__ |= self.__dict__
        other.shipping, other.shipping_use, other.given = price, FREE, dict(self.given)
        other.enter(Lane.SHIPPING)
        return other

    def enter(self, lane: Lane) -> None:
        """Begin a lane: what was taken in the one before may be taken from again."""
        self.lane = lane
        for line in self.lines:
            for stack in line:
                stack.use = FREE

    def begin(self, *, is_combinable: bool) -> None:
        """Let the next promotion take."""
        self.is_combinable = is_combinable
        self.turn += 1
        self.taken, self._kept, self._apart = Taken(), [], []
        self._before = (self.shipping, self.shipping_use, dict(self.given))

    def undo(self) -> None:
        """As it was before the promotion took."""
        for line, stack in reversed(self._apart):
            line.remove(stack)
        for stack, *before in self._kept:
            stack.quantity, stack.left, stack.use = before
        self.shipping, self.shipping_use, self.given = self._before
        self.taken, self._kept, self._apart = Taken(), [], []

    def is_open(self, use: int) -> bool:
        """Whether the promotion may take from what others use so."""
        return use == FREE or (use == SHARED and self.is_combinable)

    def within(self, scope: Scope) -> list[Stack]:
        """All stacks of the scope."""
        return [stack for place in self._within(scope) for stack in self.lines[place]]

    def has(self, scope: Scope) -> bool:
        """Whether anything is in the scope."""
        return bool(self._within(scope))

    def _within(self, scope: Scope) -> Sequence[int]:
        known = self._scopes.get(id(scope))  # which is kept, so that no other one gets its id
        if known is not None:
            return known[1]
        places: Iterable[int] = range(len(self.lines))
        if scope.any_of:
            places = sorted({place for key in scope.any_of for place in self._places.get(key, ())})
        found = [place for place in places if scope.none_of.isdisjoint(self._keys[place])]
        self._scopes[id(scope)] = scope, found
        return found

    def open(self, scope: Scope) -> list[Stack]:
        """The stacks of the scope that still cost something and that the promotion may take from, as it has not yet."""
        return [one for one in self.within(scope) if one.left and one.turn != self.turn and self.is_open(one.use)]

    @property
    def worth(self) -> int:
        """Of what the promotion took, its gifts at their price."""
        amount = self.taken.amount
        for variant, number in self.taken.gifts:
            amount += self.gifts[variant][0] * number
        return amount

    def off(self, stack: Stack, amount: int) -> None:
        """Take an amount off; the stack is used, also where that is nothing."""
        self.use([stack])
        stack.left -= amount
        self.taken.by_line[stack.line] = self.taken.by_line.get(stack.line, 0) + amount

    def use(self, stacks: Iterable[Stack]) -> None:
        """Units that a promotion asks for are used by it, whether they become cheaper or not."""
        for stack in stacks:
            self._keep(stack)
            stack.turn = self.turn
            stack.use = SHARED if self.is_combinable else ALONE

    def spread(self, amount: int, stacks: Sequence[Stack]) -> None:
        """Take an amount off these together, in proportion to what they cost."""
        for stack, part in zip(stacks, shares(amount, [one.left for one in stacks]), strict=True):
            self.off(stack, part)

    def give(self, variant: str, number: int) -> None:
        self.taken.gifts.append((variant, number))
        self.given[variant] = self.given.get(variant, 0) + number

    def off_shipping(self, amount: int) -> None:
        self.shipping = (self.shipping or 0) - amount
        self.shipping_use = SHARED if self.is_combinable else ALONE
        self.taken.shipping += amount

    def part(self, stack: Stack, units: int) -> Stack:
        """So many units of a stack as one of their own."""
        if units == stack.quantity:
            return stack
        self._keep(stack)
        left = shares(stack.left, [units, stack.quantity - units])[0]
        apart = stack.apart(units, left)
        apart.kept = self.turn
        stack.quantity -= units
        stack.left -= left
        line = next(line for line in self.lines if stack in line)
        line.insert(line.index(stack), apart)
        self._apart.append((line, apart))
        return apart

    def _keep(self, stack: Stack) -> None:
        if stack.kept != self.turn:
            stack.kept = self.turn
            self._kept.append((stack, stack.quantity, stack.left, stack.use))


def cheapest_first(stacks: Iterable[Stack]) -> list[Stack]:
    """By what a unit costs; of the same price by line."""
    return sorted(stacks, key=lambda one: (one.left / one.quantity, one.line))


def units(stacks: Iterable[Stack]) -> int:
    return sum(one.quantity for one in stacks)
