"""Which categories a shopper's words name: "gaming laptops" asks for that of laptops, whatever else it finds."""

from __future__ import annotations

import re
from dataclasses import dataclass

from catalog.products import tree
from catalog.products.tree import Tree
from catalog.search import rules
from catalog.search.meaning import Meaning

MOST = 12
_SEGMENTS = re.compile(r"\s*(?:&|,|/|\band\b|\(|\))\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Wanted:
    """A category that the words name, with everything below it: how much of the words it is, 0 to 1."""

    path: str  # materialised
    share: float


_known: tuple[Tree, dict[str, list[tuple[str, tuple[str, ...]]]]] | None = None  # of the tree that this process holds


def categories(meaning: Meaning) -> tuple[Wanted, ...]:
    """The categories whose name, or one part of it ("Chromebooks & Laptops"), ends in what the words end in, and has no
    word that was not typed. Synonyms count as typed. What names more of the words comes first.
    """
    if not meaning.terms:
        return ()
    typed = {rules.singular(word) for term in meaning.terms for form in term.forms for word in form}
    heads = {rules.singular(form[-1]) for form in meaning.terms[-1].forms}
    length = len(meaning.words)
    found: dict[str, float] = {}
    for head in heads:
        for path, segment in _heads().get(head, ()):
            if typed.issuperset(segment):
                found[path] = max(found.get(path, 0.0), min(1.0, len(segment) / length) ** 0.5)
    best = sorted(found.items(), key=lambda item: (-item[1], item[0]))[:MOST]
    return tuple(Wanted(path, share) for path, share in best)


def _heads() -> dict[str, list[tuple[str, tuple[str, ...]]]]:
    """The parts of category names by their last word: (materialised path, the part's words)."""
    global _known
    present = tree.tree()
    if _known is None or _known[0] is not present:
        heads: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for node in present.nodes:
            for part in _SEGMENTS.split(node.name):
                segment = tuple(map(rules.singular, rules.words(part)))
                if segment:
                    heads.setdefault(segment[-1], []).append((node.path, segment))
        _known = (present, heads)
    return _known[1]
