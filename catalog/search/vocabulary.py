"""Counts the words of the catalogue anew: what misspelt words are compared with, and how rare each is."""

from __future__ import annotations

from django.conf import settings
from django.db import connections, transaction
from django.db.models import QuerySet

from catalog.products.models import Category
from catalog.search import changes, rules
from catalog.search.models import Lexeme, Listing, Word
from shop.core import db

GROWTH = 0.1  # by how much of the listings there must be more or fewer before their words are counted again


def recount() -> None:
    """Replace `Word` and `Lexeme` by what the listings say now, in one step."""
    with transaction.atomic(using=db.CATALOG):
        _recount_words()
        _recount_lexemes()
        changes.renew()


def recount_if_grown() -> bool:
    """Recount if the shop has noticeably more listings, or fewer, than when they were last counted: so many products
    come and go by imports. Returns whether it was done.
    """
    counted = Lexeme.objects.filter(lexeme="").values_list("listings", flat=True).first() or 0
    is_grown = abs(_listings().count() - counted) > GROWTH * counted
    if is_grown:
        recount()
    return is_grown


def _listings() -> QuerySet[Listing]:
    """Every product once."""
    return Listing.objects.filter(currency=settings.DEFAULT_CURRENCY)


def _recount_words() -> None:
    counts: dict[str, int] = {}
    for name, brand in _listings().values_list("name", "brand_name").iterator(chunk_size=2000):
        for word in rules.vocabulary([name, brand]):
            counts[word] = counts.get(word, 0) + 1
    for name in Category.objects.values_list("name", flat=True):
        for word in rules.vocabulary([name]):
            counts[word] = counts.get(word, 0) + 10
    Word.objects.all().delete()
    rows = [Word(word=word, count=number) for word, number in sorted(counts.items())]
    Word.objects.bulk_create(rows, batch_size=5000, ignore_conflicts=True)


def _recount_lexemes() -> None:
    """How many listings have each stem in name, brand or categories; the row without a stem says how many there are."""
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute("DELETE FROM catalog_lexeme")
        cursor.execute(
            "INSERT INTO catalog_lexeme (lexeme, listings) SELECT word, ndoc "
            "FROM ts_stat(format('SELECT title FROM catalog_listing WHERE currency = %%L', %s::text), 'abc') "
            "WHERE word <> '' AND length(word) <= 64 AND ndoc > 1 "
            "UNION ALL SELECT '', count(*) FROM catalog_listing WHERE currency = %s",
            [settings.DEFAULT_CURRENCY] * 2,
        )
