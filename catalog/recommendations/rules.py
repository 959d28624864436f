"""How much an order says, and which of the candidates are shown. Pure."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from math import sqrt
from typing import Protocol, TypeVar
from uuid import UUID

ORDER = 1000  # the weight of an order of one product, in whole numbers so that sums do not depend on their order
WEIGHT = 100_000  # the parts in which weights of companions are kept
COUNTED = WEIGHT // 4  # the parts of a cosine from counts, which is about four times what the model would say
CONTENT, COLLABORATIVE = 0.6, 0.4  # of what is similar: what products are, and what they are bought with
KEPT = 100  # companions of a product
CONTEXT = 200  # products of a cart that are looked at; more say nothing new


def order_weight(products: int) -> int:
    """How much an order of so many products says of each of them: the more there are, the less, by the square root.

    A wholesaler's order of a hundred things says little of any two of them.
    """
    return round(ORDER / sqrt(products)) if products > 0 else 0


class Shown(Protocol):
    """What is asked of a card."""

    @property
    def product_id(self) -> UUID: ...
    @property
    def brand(self) -> str: ...
    @property
    def is_in_stock(self) -> bool: ...
    @property
    def is_sellable(self) -> bool: ...


Card = TypeVar("Card", bound=Shown)


def choose(cards: Iterable[Card], *, without: Container[UUID], most: int) -> list[Card]:
    """Those of the candidates that a shelf shows, `most` at most, in their order.

    What can be bought now, is not among `without` (in the cart, owned, shown above), and no more than a third of the
    shelf of one brand while there are others.
    """
    wanted = [one for one in cards if one.is_in_stock and one.is_sellable and one.product_id not in without]
    share = max(2, -(-most // 3))
    taken: dict[str, int] = {}
    chosen: list[Card] = []
    for one in wanted:
        brand = one.brand.casefold()
        if not brand or taken.get(brand, 0) < share:
            taken[brand] = taken.get(brand, 0) + 1
            chosen.append(one)
    return _filled(wanted, chosen, most)


def _filled(wanted: Sequence[Card], chosen: Sequence[Card], most: int) -> list[Card]:
    """The chosen ones; what was left out for its brand comes back, in its place, where the shelf would not be full."""
    kept = {one.product_id for one in chosen[:most]}
    for one in wanted:
        if len(kept) < most:
            kept.add(one.product_id)
    return [one for one in wanted if one.product_id in kept]
