"""Words and model numbers: what is indexed of a text and what is asked of the index. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

MAX_WORDS = 12
MAX_WORD = 60
_WORD = re.compile(r"[^\W_]+")
_MIXED = re.compile(r"\d+|[^\W\d_]+")
_JOINED = re.compile(r"[^\W_]+(?:[-./][^\W_]+)+")


def fold(text: str) -> str:
    """Lower case without accents: "Café" gives "cafe"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def words(text: str) -> list[str]:
    """The words of `text`, folded, without punctuation: "Wi-Fi 6E" gives ["wi", "fi", "6e"]."""
    return [word[:MAX_WORD] for word in _WORD.findall(fold(text))]


def indexed(text: str) -> str:
    """The words of `text` and the other ways people write its model numbers, as one text for the index.

    "WH-1000XM4" is also found as wh1000xm4, wh 1000 xm4 and 1000xm4.
    """
    plain = words(text)
    return " ".join([*plain, *dict.fromkeys(_models(text, set(plain)))])


def _models(text: str, known: set[str]) -> Iterable[str]:
    """Joined and split forms of what has both letters and digits, or of what hyphens, dots and slashes join."""
    for compound in _JOINED.findall(fold(text)):
        joined = "".join(_WORD.findall(compound))
        if len(joined) <= MAX_WORD and joined not in known:
            yield joined
    for word in known:
        if is_model(word):
            yield from (part for part in _MIXED.findall(word) if part not in known)


def is_model(word: str) -> bool:
    """Whether `word` has both letters and digits."""
    return any(letter.isdigit() for letter in word) and any(letter.isalpha() for letter in word)


def tsquery(terms: Sequence[str], *, operator: str = "&", prefix: bool = True) -> str:
    """PostgreSQL's to_tsquery text for `terms` (from `words`): all of them, or any with operator "|".

    The last one also matches as a prefix. Neighbours that together look like a model number match joined, too.
    Terms hold letters and digits only, so quoting cannot be escaped from.
    """
    terms = terms[:MAX_WORDS]
    parts: list[str] = []
    start = 0
    while start < len(terms):
        stop = _run(terms, start)
        last = stop == len(terms) and prefix
        single = [_term(word, last and start + i == len(terms) - 1) for i, word in enumerate(terms[start:stop])]
        alone = f" {operator} ".join(single)
        if stop - start > 1:
            joined = _term("".join(terms[start:stop]), last)
            alone = f"(({alone}) | {joined})"
        parts.append(alone)
        start = stop
    return f" {operator} ".join(parts)


def _run(terms: Sequence[str], start: int) -> int:
    """Where the run of short neighbours that together make a model number ends; start + 1 if there is none."""
    for stop in range(min(len(terms), start + 4), start + 1, -1):
        run = terms[start:stop]
        joined = "".join(run)
        if is_model(joined) and 4 <= len(joined) <= 20 and all(len(word) <= 6 for word in run):
            return stop
    return start + 1


def _term(word: str, is_prefix: bool) -> str:
    return f"('{word}' | '{word}':*)" if is_prefix and len(word) > 1 else f"'{word}'"


def vocabulary(texts: Iterable[str]) -> set[str]:
    """The words worth correcting to: of 3 to 40 letters, without digits."""
    return {word for text in texts for word in words(text) if word.isalpha() and 3 <= len(word) <= 40}


def distance(one: str, other: str, limit: int = 3) -> int:
    """Edits between two words (insert, delete, change, swap neighbours), or `limit` if there are at least as many."""
    if abs(len(one) - len(other)) >= limit:
        return limit
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, previous[j - 2] + 1)
            row.append(cost)
        if min(row) >= limit:
            return limit
    return min(row[-1], limit)


def best_correction(word: str, candidates: Iterable[tuple[str, int]]) -> str | None:
    """The likeliest of (candidate, how often it is used) for a misspelt `word`; None if none is near enough."""
    allowed = 1 if len(word) <= 5 else 2
    near = [(distance(word, other), -count, other) for other, count in candidates]
    near = [row for row in near if 0 < row[0] <= allowed]
    return min(near)[2] if near else None
