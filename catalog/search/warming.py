"""Makes the pages that will be asked for first before anybody asks: after a deployment, and again when they are due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from catalog.products import tree
from catalog.search import postgres, reports
from shop.core import languages, pages
from shop.currencies import selectors as currencies

PRODUCTS, SEARCHES = 100, 50
_DAYS = 30  # of searches


def addresses() -> Iterator[str]:
    """Home, all products, the category tree, the products that are wanted most and what is searched for most."""
    yield reverse("home")
    yield reverse("product_list")
    yield from (node.url for node in tree.tree().nodes)
    for hit in postgres.listings(currency=settings.DEFAULT_CURRENCY, order="relevance", top=PRODUCTS):
        yield reverse("product_detail", args=[hit.slug])
    for line in reports.top(_DAYS, SEARCHES):
        yield f"{reverse('product_list')}?{urlencode({'q': line.text})}"


def warm(progress: Callable[[int, int], None] | None = None) -> int:
    """Make those pages, in every language and currency, that are not kept or not current any more. Returns how many
    that were; `progress(done, of)` is told after each.
    """
    plain, known = list(addresses()), currencies.choices()
    wanted = [
        (f"{languages.prefix(language)}{address}", currency)
        for language in languages.codes()
        for address in plain
        for currency in known
    ]
    made = 0
    for done, (address, currency) in enumerate(wanted, start=1):
        made += pages.warm(address, currency="" if currency == settings.DEFAULT_CURRENCY else currency)
        if progress:
            progress(done, len(wanted))
    return made
