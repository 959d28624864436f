"""Words that are written as one: in German a tea cup is a Teetasse, and who looks for cups types "Tasse". Pure."""

from __future__ import annotations

from collections.abc import Iterator

from catalog.search import rules

LANGUAGES = frozenset({"da", "de", "fi", "nb", "nl", "sv"})  # that write compounds as one word
_LONG, _FIRST, _LAST = 8, 3, 4  # letters: of a word that may be one, of what it begins with, and of what it ends with


def endings(text: str) -> Iterator[str]:
    """What the long words of a text may end with: of "Tischlampe" chlampe, hlampe, lampe and ampe. Which of these are
    words is not asked: nobody types the others.
    """
    for word in rules.words(text):
        if word.isalpha() and len(word) >= _LONG:
            yield from (word[place:] for place in range(_FIRST, len(word) - _LAST + 1))
