"""How much an order says, and which of the candidates are shown. Pure."""

from __future__ import annotations

from math import sqrt

ORDER = 1000  # the weight of an order of one product, in whole numbers so that sums do not depend on their order
WEIGHT = 100_000  # the parts in which weights of companions are kept
COUNTED = WEIGHT // 4  # the parts of a cosine from counts, which is about four times what the model would say
KEPT = 100  # companions of a product
CONTEXT = 200  # products of a cart that are looked at; more say nothing new


def order_weight(products: int) -> int:
    """How much an order of so many products says of each of them: the more there are, the less, by the square root.

    A wholesaler's order of a hundred things says little of any two of them.
    """
    return round(ORDER / sqrt(products)) if products > 0 else 0
