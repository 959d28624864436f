"""Results in the language of the page, and the words by which products are found in every other language.

The names of a product in all languages stand in its listing's card, so that a list asks nothing for them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from catalog.products import worded
from catalog.products.cards import Facts
from catalog.products.models import Category
from catalog.search import compounds
from catalog.search.engine import Facet, Hit
from catalog.translations import selectors as translations
from catalog.translations.selectors import Terms
from shop.core import languages


def hits(found: list[Hit]) -> list[Hit]:
    """What was found, as it is called here; as it came in the shop's own language."""
    if not found or translations.is_original():
        return found
    terms, language = translations.terms(), languages.current()
    return [_hit(one, terms, language) for one in found]


def _hit(one: Hit, terms: Terms, language: str) -> Hit:
    name = one.card.get("names", {}).get(language)
    swatches = [
        {**swatch, "name": terms.get(swatch["name"], swatch["name"])} for swatch in one.card.get("swatches", ())
    ]
    shown = {
        **one.card,
        "picture": worded.picture(one.card.get("picture"), one.name, name, terms),
        "swatches": swatches,
        "lang": "" if name else languages.default(),
    }
    return replace(one, name=name or one.name, card=shown)


def facets(found: tuple[Facet, ...]) -> tuple[Facet, ...]:
    """The filters by attributes as they are called here; the others are already."""
    if translations.is_original():
        return found
    terms = translations.terms()
    return tuple(_facet(one, terms) if one.name.startswith("attr.") else one for one in found)


def _facet(one: Facet, terms: Terms) -> Facet:
    counts = tuple(
        replace(count, label=worded.value(count.label, terms), lang=worded.lang(count.label, terms))
        for count in one.counts
    )
    return replace(one, label=terms.get(one.label, one.label), lang=worded.lang(one.label, terms), counts=counts)


# --- For the index


def everywhere(facts: Sequence[Facts]) -> dict[UUID, tuple[dict[str, str], list[str]]]:
    """Of each product its names by language, and all words by which it is found in another language than the shop's
    own: names, categories, and what the word list says of its options and attributes. Two queries; none in a shop of
    one language.
    """
    if not facts or not translations.others():
        return {}
    names = translations.names_everywhere(one.product.pk for one in facts)
    shelves = _shelves({one.product.category_path for one in facts if one.product.category_path})
    terms = [translations.terms(language) for language in translations.others()]
    found = {}
    for one in facts:
        own = names.get(one.product.pk, {})
        words = [*own.values(), *shelves.get(one.product.category_path or "", ())]
        for code in compounds.LANGUAGES & own.keys():
            words += compounds.endings(own[code])
        found[one.product.pk] = (own, [*words, *worded.values(_said(one), terms)])
    return found


def _said(one: Facts) -> Iterable[str]:
    yield from (str(value) for value in one.product.attributes.values() if isinstance(value, str))
    yield from (value for variant in one.variants for value in variant.options.values())


def _shelves(paths: Iterable[str]) -> dict[str, list[str]]:
    """What each of these categories and those above it are called in other languages, by path."""
    step = Category.steplen
    above = {path: [path[:length] for length in range(step, len(path) + 1, step)] for path in paths}
    names = translations.category_names_everywhere({one for several in above.values() for one in several})
    return {path: [name for one in several for name in names.get(one, ())] for path, several in above.items()}


def card(made: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """What a listing keeps for its card, with the product's names by language where it has any."""
    return {**made, "names": names} if names else made
