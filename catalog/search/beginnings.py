"""Products for what is typed so far, fast whatever the size of the catalogue."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Sum

from catalog.search import postgres
from catalog.search.engine import Hit
from catalog.search.models import Lexeme
from catalog.translations import selectors as translations

MANY = 2_000  # products with the words: from there on the most popular ones are soon met in their own order


def listings(words: Sequence[str], ends: Sequence[tuple[str, int]], *, currency: str, top: int) -> list[Hit]:
    """The most popular products with all `words` in name, brand and categories, the last as a beginning; those in stock
    first.

    `ends`: words that begin as the last one does, and how many products have each. Where they are many, rows are
    walked by popularity until `top` are found; else all of them are read and sorted. Two queries.
    """
    *before, last = words
    asked = " & ".join([*(f"'{word}'" for word in before), f"'{last}':*"])
    is_many = not before and max(sum(count for _word, count in ends), _listed(last)) >= MANY
    return postgres.titled(
        asked, currency=currency, top=top, is_many=is_many, in_tags=not translations.is_original()
    )  # where the names in other languages are


def _listed(beginning: str) -> int:
    """About how many listings have a word that begins so, also in their categories; some are counted more than once."""
    found = Lexeme.objects.filter(lexeme__startswith=beginning).aggregate(found=Sum("listings"))
    return found["found"] or 0
