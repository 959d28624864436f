"""The demo in the shop's other languages: names of products and categories, words of options and attributes, and what
is told of some of them. From tables of text in `said/`: original, German, Spanish, Arabic.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from catalog.imports.demo.load import BY, SOURCE
from catalog.products.models import Category, Product
from catalog.translations import selectors, services
from catalog.translations.models import CategoryTranslation, ProductTranslation
from shop.core import cache, db
from shop.events import bus, types

TABLES = Path(__file__).parent / "said"
COLUMNS = ("de", "es", "ar")


@functools.cache
def table(name: str) -> Mapping[str, Mapping[str, str]]:
    """What each original is in each language, of one of the tables."""
    lines = (TABLES / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.split("|")] for line in lines if line.strip()]
    return {original: dict(zip(COLUMNS, said, strict=True)) for original, *said in cells}


def told(text: str, language: str) -> str:
    """A text of sentences that are all in the table, in this language; "" where one is not."""
    sentences, found = table("sentences"), []
    rest = text
    while rest:
        known = max((one for one in sentences if rest.startswith(one)), key=len, default="")
        if not known:
            return ""
        found.append(sentences[known][language])
        rest = rest[len(known) :].strip()
    return " ".join(found)


def load() -> int:
    """Translate what is there of the demo, in a shop that has no translations. Returns how many products have a name in
    another language now.
    """
    languages = [code for code in selectors.others() if code in COLUMNS]
    if not languages or ProductTranslation.objects.exists() or CategoryTranslation.objects.exists():
        return 0
    words = {text: {code: said[code] for code in languages} for text, said in table("words").items()}
    services.save_terms(terms=words, by=BY)
    products = list(Product.objects.filter(source=SOURCE, name__in=table("products")))
    with transaction.atomic(using=db.CATALOG):
        CategoryTranslation.objects.bulk_create(_categories(languages))
        ProductTranslation.objects.bulk_create(
            (_product(product, code) for product in products for code in languages), batch_size=1000
        )
        transaction.on_commit(cache.CATEGORY_TREE.delete, using=db.CATALOG)
        if products:
            bus.publish(
                types.ProductsImported(job_id=db.uuid7(), product_ids=sorted(one.pk for one in products)),
                using=db.CATALOG,
            )
    return len(products)


def _product(product: Product, code: str) -> ProductTranslation:
    return ProductTranslation(
        product=product, language=code, name=table("products")[product.name][code],
        description=told(product.description, code),
    )  # fmt: skip


def _categories(languages: list[str]) -> Iterator[CategoryTranslation]:
    names: Any = table("categories")
    for category in Category.objects.filter(name__in=names):
        for code in languages:
            yield CategoryTranslation(
                category=category, language=code, name=names[category.name][code],
                description=told(category.description, code),
            )  # fmt: skip
