"""Which products go together, from which were bought together: a linear model of items (EASE, Steck 2019). Pure.

Each order is told by its own products: the weight of one for another is what best tells whether the other is in the
order, given all that is in it as well. Unlike counting, it knows that what goes with everything goes with nothing in
particular. Solved at once, from one matrix of products by products: memory and time grow with its square and cube.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from catalog.recommendations import rules

Matrix = NDArray[np.float32]

# Chosen by cross-validation over months of past orders (docs/adr/0023); the result is flat around them.
STEADY = 5.0  # orders of one product that are thought in: what was bought seldom says little
DROPOUT = 0.2  # the part of an order that is thought unknown (Steck 2020): else a product leans on few others
MODESTY = 0.1  # the power of its own orders by which a product steps back: what everybody buys need not be shown
FAINT = 0.05  # of two rows' lengths, multiplied: weights so small that they make nothing alike


def gram(orders: Iterable[Sequence[int]], products: int) -> Matrix:
    """How much orders say of each two products. An order is the places (0 to `products` − 1) of what was bought, each
    once; those outside are left out but count for its size when given as −1."""
    found: Matrix = np.zeros((products, products), dtype=np.float32)
    for order in orders:
        places = np.array([place for place in order if place >= 0], dtype=np.intp)
        if len(places):
            found[np.ix_(places, places)] += rules.order_weight(len(order)) / rules.ORDER
    return found


def weights(found: Matrix, orders: Sequence[int]) -> Matrix:
    """What having the product of a row says for that of a column, from `gram`, whose memory it takes; `orders`: how
    often each was bought."""
    diagonal = np.einsum("ii->i", found)
    diagonal += STEADY + DROPOUT / (1 - DROPOUT) * diagonal
    invert(found)
    found /= -np.diag(found).copy()
    np.fill_diagonal(found, 0)
    found /= np.maximum(np.array(orders, dtype=np.float32), 1) ** MODESTY
    return found


def invert(found: Matrix, block: int = 512) -> None:
    """Invert a symmetric, positive definite matrix where it stands (Gauss and Jordan, by blocks).

    numpy's own makes four copies of it in double precision: as much memory as eight of it.
    """
    slices = [slice(start, start + block) for start in range(0, len(found), block)]
    for here in slices:
        pivot = np.linalg.inv(found[here, here].astype(np.float64)).astype(np.float32)
        row = pivot @ found[here]
        row[:, here] = pivot
        column = found[:, here].copy()
        found[:, here] = 0
        for other in slices:
            if other == here:
                found[here] = row
            else:
                found[other] -= column[other] @ row


def alike(found: Matrix, most: int, rows: int = 256) -> Iterator[list[tuple[int, int]]]:
    """As `strongest`, of how much the rows of two products are alike: what is bought with the same things is of the
    same use, whether or not it is ever bought together. Of few and weak neighbours little is made.

    Takes the memory of `found`, which comes from `weights`.
    """
    np.maximum(found, 0, out=found)
    width = min(rules.KEPT, found.shape[1])
    for row in found:  # what is beyond the strongest is noise
        row[row < np.partition(row, -width)[-width]] = 0
    length = np.sqrt(np.einsum("ij,ij->i", found, found))
    for start in range(0, len(found), rows):
        here = slice(start, start + rows)
        near = found[here] @ found.T
        near /= np.outer(length[here], length) + FAINT
        near[np.arange(len(near)), np.arange(start, start + len(near))] = 0
        yield from strongest(near, most)


def strongest(found: Matrix, most: int) -> Iterator[list[tuple[int, int]]]:
    """For each row the places with the highest positive weights, in order, with the weight in `rules.WEIGHT` parts."""
    width = min(most, found.shape[1])
    for row in found:
        places = np.argpartition(-row, width - 1)[:width] if width else np.array([], dtype=np.intp)
        parts = np.rint(row[places] * rules.WEIGHT).astype(int)
        chosen = [(int(place), int(part)) for place, part in zip(places, parts, strict=True) if part > 0]
        yield sorted(chosen, key=lambda pair: (-pair[1], pair[0]))
