"""Reads of translations. Without a language they mean the active one; in the shop's own there is nothing to read, and
no query is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from catalog.translations.models import BrandTranslation, CategoryTranslation, ProductTranslation, Term
from shop.core import cache, languages

TEXTS = ("name", "description", "seo_title", "seo_description")
Terms = Mapping[str, str]
_NOTHING: Terms = MappingProxyType({})


def is_original() -> bool:
    """Whether the active language is the one that the catalogue's own fields are in."""
    return languages.current() == languages.default()


def others() -> list[str]:
    """The languages that things are translated into."""
    return languages.codes()[1:]


def product(product_id: UUID) -> Mapping[str, str]:
    """What is translated of a product, by field. One query."""
    return _texts(ProductTranslation.objects.filter(product=product_id), TEXTS)


def category(category_id: UUID) -> Mapping[str, str]:
    """What is translated of a category, by field. One query."""
    return _texts(CategoryTranslation.objects.filter(category=category_id), TEXTS)


def brand(brand_id: UUID) -> Mapping[str, str]:
    """What is translated of a brand, by field. One query."""
    return _texts(BrandTranslation.objects.filter(brand=brand_id), ("description",))


def _texts(rows: Any, names: Iterable[str]) -> Mapping[str, str]:
    if is_original():
        return _NOTHING
    row = rows.filter(language=languages.current()).values(*names).first()
    return {name: text for name, text in (row or {}).items() if text}


def product_names(product_ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of those of these products that have one in the active language. One query."""
    if is_original():
        return {}
    rows = ProductTranslation.objects.filter(product__in=list(product_ids), language=languages.current())
    return dict(rows.exclude(name="").order_by().values_list("product_id", "name"))


def category_names() -> dict[UUID, str]:
    """The names of all categories that have one in the active language. One query."""
    if is_original():
        return {}
    rows = CategoryTranslation.objects.filter(language=languages.current()).exclude(name="").order_by()
    return dict(rows.values_list("category_id", "name"))


# --- In all languages, for the search index


def names_everywhere(product_ids: Iterable[UUID]) -> dict[UUID, dict[str, str]]:
    """The names of these products by language; without those that have none. One query."""
    rows = ProductTranslation.objects.filter(product__in=list(product_ids), language__in=others()).exclude(name="")
    found: dict[UUID, dict[str, str]] = {}
    for product_id, language, name in rows.order_by("language").values_list("product_id", "language", "name"):
        found.setdefault(product_id, {})[language] = name
    return found


def category_names_everywhere(category_paths: Iterable[str]) -> dict[str, list[str]]:
    """All translated names of the categories at these materialised paths, by path. One query."""
    rows = CategoryTranslation.objects.filter(category__path__in=list(category_paths), language__in=others())
    found: dict[str, list[str]] = {}
    for path, name in rows.exclude(name="").order_by("language").values_list("category__path", "name"):
        found.setdefault(path, []).append(name)
    return found


# --- The word list


def terms(language: str = "") -> Terms:
    """The word list in this language (the active one, if none is named): ask once, and take `.get(text, text)` of it.
    One query when it has changed or the cache is cold; empty, for nothing, in the shop's own language.
    """
    language = language or languages.current()
    if language == languages.default():
        return _NOTHING
    return _words().get(language, _NOTHING)


def term(text: str) -> str:
    """A name or value in the active language; as it is where it is not translated."""
    return terms().get(text, text)


def said(text: str) -> str:
    """A name that merchants give, or leave as the shop came with it: of the word list, else of the shop's own texts."""
    return terms().get(text) or _(text)


@cache.held(cache.TERMS)
def _words() -> dict[str, dict[str, str]]:
    """By language, what each word is."""
    found: dict[str, dict[str, str]] = {}
    for text, translations in Term.objects.values_list("text", "translations"):
        for language, said in translations.items():
            if said:
                found.setdefault(language, {})[text] = said
    return found
