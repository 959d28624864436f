"""Translations, written as merchants' pages write them."""

from __future__ import annotations

from typing import Any

from catalog.products import translating
from catalog.products.models import Category, Product
from catalog.search import indexing
from catalog.translations import services
from shop.core import cache


def translated(product: Product, language: str = "de", *, indexed: bool = True, **texts: str) -> Product:
    """The product with these texts in a language, listed anew unless told not to be."""
    translating.translate_product(product_id=product.pk, language=language, texts=texts, by="test")
    if indexed:
        indexing.index([product.pk])
    return product


def shelf(category: Category, language: str = "de", **texts: str) -> Category:
    """The category with these texts in a language."""
    translating.translate_category(category_id=category.pk, language=language, texts=texts, by="test")
    cache.CATEGORY_TREE.delete()  # as the commit would
    return category


def words(**said: Any) -> None:
    """The word list: words(Red="Rot"), in German."""
    services.save_terms(terms={text: {"de": word} for text, word in said.items()}, by="test")
    cache.TERMS.delete()  # as the commit would
