"""Which words of a result's name are those that were looked for. Pure, and the same whatever the engine."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from catalog.search import rules
from catalog.search.meaning import LookedFor

Part = tuple[str, bool]  # a piece of the text, and whether it was looked for

_PIECE = re.compile(r"[^\W_]+(?:[-./][^\W_]+)*")
_WORD = re.compile(r"[^\W_]+")


def parts(text: str, looked_for: Collection[LookedFor]) -> tuple[Part, ...]:
    """`text` in pieces that make it up again: words in any number ("Boots" for boot), what hyphens join also as one
    ("WH-1000XM4" for wh1000xm4), and the words that begin so.
    """
    words = {rules.singular(word) for word, _is_beginning in looked_for}
    beginnings = tuple(word for word, is_beginning in looked_for if is_beginning)

    def is_meant(piece: str) -> bool:
        return rules.singular(piece) in words or (bool(beginnings) and piece.startswith(beginnings))

    spans: list[tuple[int, int]] = []
    for found in _PIECE.finditer(text):
        if is_meant(rules.compact(found[0])):
            spans.append(found.span())
        else:
            start = found.start()
            pieces = [(start + one.start(), start + one.end()) for one in _WORD.finditer(found[0])]
            spans += [span for span in pieces if is_meant(rules.fold(text[slice(*span)]))]
    return tuple(_cut(text, spans))


def _cut(text: str, spans: Iterable[tuple[int, int]]) -> Iterable[Part]:
    end = 0
    for start, stop in spans:
        if start > end:
            yield text[end:start], False
        yield text[start:stop], True
        end = stop
    if end < len(text):
        yield text[end:], False
