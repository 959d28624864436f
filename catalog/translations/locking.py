"""Every row lock of the word list."""

from __future__ import annotations

from collections.abc import Iterable

from catalog.translations.models import Term


def terms(texts: Iterable[str]) -> dict[str, Term]:
    """Those of these words that are in the list, by text, locked in the order of their keys."""
    return {row.text: row for row in Term.objects.select_for_update().filter(text__in=list(texts)).order_by("pk")}
