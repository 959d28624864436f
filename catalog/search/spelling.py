"""Better spellings of words that the catalogue does not use, by trigrams of its vocabulary."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connections

from catalog.search import rules
from shop.core import db

_CANDIDATES = """
    SELECT asked.word, near.word, near.count
    FROM unnest(%s::text[]) AS asked(word)
    CROSS JOIN LATERAL (
        SELECT word, count FROM catalog_word
        WHERE word %% asked.word
        ORDER BY similarity(word, asked.word) DESC, count DESC LIMIT 15
    ) AS near
    WHERE NOT EXISTS (SELECT 1 FROM catalog_word known WHERE known.word = asked.word)
"""


def correct(words: Sequence[str]) -> list[str] | None:
    """`words` with each unknown one replaced by its likeliest correction; None if there is nothing to correct. One
    query.
    """
    unsure = [word for word in dict.fromkeys(words) if word.isalpha() and 4 <= len(word) <= 40]
    if not unsure:
        return None
    candidates: dict[str, list[tuple[str, int]]] = {}
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute(_CANDIDATES, [unsure])
        for asked, word, count in cursor.fetchall():
            candidates.setdefault(asked, []).append((word, count))
    better = {word: rules.best_correction(word, found) for word, found in candidates.items()}
    corrected = [better.get(word) or word for word in words]
    return corrected if corrected != list(words) else None
