"""What the search box offers while one types: searches, categories, brands and products that begin so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q

from catalog.products import tree
from catalog.products.models import Brand
from catalog.search import beginnings, page, reports, rules
from catalog.search.engine import Hit
from catalog.search.models import Word
from catalog.translations import selectors as translations
from shop.core import cache, languages

TOP = 4  # searches and products: what fits under the box on a small screen
FEW = 2  # categories and brands
MET = 24  # products whose words may complete what several words begin
ENDINGS = 6  # some are one word in the singular and in the plural
MAX_TEXT = 60


def suggestions(text: str, *, currency: str) -> dict[str, Any]:
    """Searches, categories, brands and products for what was typed so far; nothing for less than two letters. Cached.

    {"query": text, "queries": [{"text", "url"}], "categories": [{"name", "url"}], "brands": [{"name", "url"}],
    "products": [{"id", "name", "lang", "url", "picture", "price"}]}
    """
    text = " ".join(text.replace("\x00", " ").split())[:MAX_TEXT]
    words = rules.words(text)
    if not words or len("".join(words)) < 2:
        return {"query": text, "products": [], "categories": [], "brands": [], "queries": []}
    version, language = cache.LISTINGS.get() or "0", languages.current()
    found = cache.SUGGEST.get_or(lambda: _find(words, currency), version, language, currency, "-".join(words))
    return {"query": text, **found}


def _find(words: list[str], currency: str) -> dict[str, Any]:
    ends = _endings(words[-1])
    hits = beginnings.listings(
        words, ends, currency=currency, top=TOP if len(words) == 1 and translations.is_original() else MET
    )
    cards = [page.card(hit) for hit in hits[:TOP]]
    is_known = len(words) == 1 and translations.is_original()  # words of other languages are not counted
    completed = [word for word, _count in ends] if is_known else _met(words[-1], hits)
    return {
        "products": [
            {
                "id": card.product_id,
                "name": card.name,
                "lang": card.lang,
                "url": card.url,
                "picture": card.picture,
                "price": card.price,
            }
            for card in cards
        ],
        "categories": _categories(words),
        "brands": _brands(words),
        "queries": _queries(words, completed),
    }


def _endings(last: str) -> list[tuple[str, int]]:
    """The words of the catalogue that begin with what was typed last, the most used first, and how many products
    have each."""
    rows = Word.objects.filter(word__startswith=last).order_by("-count", "word")
    return list(rows.values_list("word", "count")[:ENDINGS])


def _met(last: str, hits: Sequence[Hit]) -> list[str]:
    """Words that begin as the one typed last and that products with the words before it have, most of them first: no
    search is offered that finds nothing ("lamp dac" for "lamp d").
    """
    counts: Counter[str] = Counter()
    for hit in hits:
        counts.update({word for word in rules.vocabulary([hit.name, hit.brand_name]) if word.startswith(last)})
    return [word for word, _count in sorted(counts.items(), key=lambda one: (-one[1], one[0]))]


def _categories(words: Sequence[str]) -> list[dict[str, str]]:
    """Categories whose name has a word beginning with each of those typed."""
    found = [node for node in tree.tree().nodes if _begins(node.name, words)]
    return [{"name": node.name, "url": node.url} for node in sorted(found, key=lambda node: node.depth)[:FEW]]


def _brands(words: Sequence[str]) -> list[dict[str, str]]:
    """Brands whose name has a word beginning with each of those typed; from what begins with the same letters."""
    alike = Q(slug__contains=words[0][:MAX_TEXT]) | Q(slug__startswith=f"{words[0][0]}-")  # o-reilly for oreilly
    rows = Brand.objects.filter(alike, is_active=True).order_by("name")
    found = [brand for brand in rows.only("name", "slug")[:200] if _begins(brand.name, words)]
    return [{"name": brand.name, "url": brand.get_absolute_url()} for brand in found[:FEW]]


def _begins(name: str, words: Sequence[str]) -> bool:
    parts = rules.words(name)
    return all(any(part.startswith(word) for part in parts) for word in words)


def _queries(words: Sequence[str], completed: Sequence[str]) -> list[dict[str, str]]:
    """What others searched for that begins so; then the typed words with the last one `completed`."""
    *before, last = words
    texts = reports.popular(" ".join(words), TOP)
    texts += [" ".join([*before, word]) for word in completed if word != last]
    distinct: dict[str, str] = {}
    for text in texts:
        distinct.setdefault(" ".join(map(rules.singular, rules.words(text))), text)
    url = languages.here(page.LIST_URL)
    return [{"text": text, "url": f"{url}?{urlencode({'q': text})}"} for text in distinct.values()][:TOP]
