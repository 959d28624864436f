"""What the search box offers while one types."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from catalog.products import tree
from catalog.search import engine, page, rules
from catalog.search.models import Word
from catalog.search.query import Query
from shop.core import cache

TOP = 5
MAX_TEXT = 60


def suggestions(text: str, *, currency: str) -> dict[str, Any]:
    """Queries, categories and products for what was typed so far; nothing for less than two letters. Cached."""
    text = " ".join(text.replace("\x00", " ").split())[:MAX_TEXT]
    words = rules.words(text)
    if not words or len("".join(words)) < 2:
        return {"query": text, "products": [], "categories": [], "queries": []}
    found = cache.SUGGEST.get_or(lambda: _find(words, currency), currency, "-".join(words))
    return {"query": text, **found}


def _find(words: list[str], currency: str) -> dict[str, Any]:
    hits = engine.search(Query(text=" ".join(words), limit=TOP, currency=currency), with_facets=False).hits
    cards = [page.card(hit) for hit in hits]
    return {
        "products": [
            {"name": card.name, "url": card.url, "picture": card.picture, "price": card.price} for card in cards
        ],
        "categories": _categories(words),
        "queries": _queries(words),
    }


def _categories(words: list[str]) -> list[dict[str, str]]:
    """Categories whose name has a word beginning with each of those typed."""

    def matches(name: str) -> bool:
        parts = rules.words(name)
        return all(any(part.startswith(word) for part in parts) for word in words)

    found = [node for node in tree.tree().nodes if matches(node.name)]
    return [{"name": node.name, "url": node.url} for node in sorted(found, key=lambda node: node.depth)[:TOP]]


def _queries(words: list[str]) -> list[dict[str, str]]:
    """The typed words with the last one completed from the catalogue's vocabulary, most used first."""
    *before, last = words
    if not last.isalpha():
        return []
    rows = Word.objects.filter(word__startswith=last).exclude(word=last).order_by("-count", "word")
    texts = [" ".join([*before, word]) for word in rows.values_list("word", flat=True)[:TOP]]
    return [{"text": text, "url": f"{page.LIST_URL}?{urlencode({'q': text})}"} for text in texts]
