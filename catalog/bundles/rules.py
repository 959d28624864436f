"""How the price of a bundle is divided among its parts; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from shop.core import money

MAX_PARTS = 20
MAX_UNITS = 99  # of one part


@dataclass(frozen=True, slots=True)
class Share:
    """So many units of a part (by its place), at so much each, in minor units."""

    part: int
    units: int
    price: int


def shares(price: int, parts: Sequence[tuple[int, int]]) -> list[Share]:
    """The `price` of one bundle among its `parts`, each (what a unit of it costs by itself, units): in proportion to
    those prices, by the largest remainder, unit by unit. Units of a part may differ by the least amount of money: they
    are two shares then. All of them come to the price exactly. Where no part costs anything by itself all are alike.
    """
    units = [(part, cost) for part, (cost, count) in enumerate(parts) for _unit in range(count)]
    amounts = money.shares(price, [cost for _part, cost in units])
    counts = Counter((part, amount) for (part, _cost), amount in zip(units, amounts, strict=True))
    found = [Share(part, count, amount) for (part, amount), count in counts.items()]
    return sorted(found, key=lambda one: (one.part, -one.price))
