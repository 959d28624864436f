"""Results in an order of somebody's own: a page's products, moved a little by how well each suits. Pure.

What suits is told by another component (setting SEARCH_SUITS), and only of customers who agreed to it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from catalog.search import rules
from catalog.search.engine import Hit

MOST_PLACES = 4  # that a product may climb or fall: what fits the words best stays in sight
CLEAR = 0.05  # by how much one must suit better to pass another


def reordered(hits: Sequence[Hit], suits: Mapping[UUID, float], *, fixed: int = 0) -> list[Hit]:
    """The hits of one page, each at most `MOST_PLACES` from where it was. `suits`: factors around 1 by product, the
    higher the better; what is not told of is 1. The first `fixed` stay, as does whatever can be bought before whatever
    cannot.
    """
    found = list(hits[:fixed])
    rest = list(hits[fixed:])
    for can_be_bought in (True, False):
        found += _climbed([hit for hit in rest if (hit.is_sellable and hit.is_in_stock) is can_be_bought], suits)
    return found


def exact(hits: Sequence[Hit], text: str, pinned: Collection[UUID]) -> int:
    """How many of the first hits are what the merchant put there, or exactly what was typed: a name or a number."""
    name, code = rules.words(text), rules.compact(text)

    def stays(hit: Hit) -> bool:
        codes = {rules.compact(str(hit.card.get("sku", ""))), rules.compact(hit.external_id)}
        return hit.product_id in pinned or rules.words(hit.name) == name or code in codes

    return next((place for place, hit in enumerate(hits) if not stays(hit)), len(hits))


def _climbed(hits: list[Hit], suits: Mapping[UUID, float]) -> list[Hit]:
    """A bubble at a time: each passes the one above it while it suits clearly better, and neither has gone too far."""
    order = list(enumerate(hits))
    for _turn in range(MOST_PLACES):
        for place in range(1, len(order)):
            (above, upper), (below, lower) = order[place - 1], order[place]
            better = suits.get(lower.product_id, 1.0) - suits.get(upper.product_id, 1.0)
            if better > CLEAR and below - (place - 1) <= MOST_PLACES and place - above <= MOST_PLACES:
                order[place - 1], order[place] = order[place], order[place - 1]
    return [hit for _was, hit in order]
