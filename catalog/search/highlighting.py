"""Which words of a result's name are those that were looked for. Pure, and the same whatever the engine."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from catalog.search import rules
from catalog.search.meaning import LookedFor

Part = tuple[str, bool]  # a piece of the text, and whether it was looked for

# What is looked at, one in the other: what hyphens join, what apostrophes join, and words, the s of "men's" aside.
_PIECES = (
    re.compile(r"[^\W_]+(?:[-./'’ʼ‘][^\W_]+)*"),
    re.compile(r"[^\W_]+(?:['’ʼ‘][^\W_]+)*"),
    re.compile(r"(?!(?<=['’ʼ‘])[sS](?![^\W_]))[^\W_]+"),
)


def parts(text: str, looked_for: Collection[LookedFor]) -> tuple[Part, ...]:
    """`text` in pieces that make it up again: words in any number ("Boots" for boot), what hyphens and apostrophes join
    also as one ("WH-1000XM4" for wh1000xm4, "Men's" for mens), measures in any spelling, and the words that begin so.
    """
    words = {rules.singular(word) for word, _is_beginning in looked_for}
    beginnings = tuple(word for word, is_beginning in looked_for if is_beginning)

    def is_meant(piece: str) -> bool:
        return rules.singular(piece) in words or (bool(beginnings) and piece.startswith(beginnings))

    spans = [*_spans(text, 0, _PIECES, is_meant), *_measures(text, words)]
    return tuple(_cut(text, sorted(spans, key=lambda span: (span[0], -span[1]))))


def _measures(text: str, words: Collection[str]) -> Iterator[tuple[int, int]]:
    """Where measures are that are meant, however they are spelt."""
    low = text.lower()
    if len(low) == len(text):
        yield from (found.span() for found in rules.measured(low) if rules.measure(found) in words)


def _spans(
    text: str, offset: int, pieces: Sequence[re.Pattern[str]], is_meant: Callable[[str], bool]
) -> Iterator[tuple[int, int]]:
    """Where the largest pieces are that are meant."""
    pattern, *finer = pieces
    for found in pattern.finditer(text):
        if is_meant("".join(rules.words(found[0]))):
            yield offset + found.start(), offset + found.end()
        elif finer:
            yield from _spans(found[0], offset + found.start(), finer, is_meant)


def _cut(text: str, spans: Iterable[tuple[int, int]]) -> Iterable[Part]:
    end = 0
    for start, stop in spans:
        if start < end:  # a part of the piece before
            continue
        if start > end:
            yield text[end:start], False
        yield text[start:stop], True
        end = stop
    if end < len(text):
        yield text[end:], False
