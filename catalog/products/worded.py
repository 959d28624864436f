"""What pages show of products, in the language of the page. In the shop's own language everything is handed back as it
came, and nothing is asked.

`lang` of what is shown is the language that its name is in, where that is not the page's ("" where it is).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext

from catalog.translations import selectors as translations
from catalog.translations.selectors import Terms
from shop.core import languages

if TYPE_CHECKING:
    from catalog.products.cards import Card
    from catalog.products.offer import Offer
    from catalog.products.page import ProductPage


def cards(made: list[Card]) -> list[Card]:
    """Cards of products as they are called here. One query, and one for the word list when it has changed."""
    if not made or translations.is_original():
        return made
    names, terms = translations.product_names(one.product_id for one in made), translations.terms()
    return [card(one, names.get(one.product_id), terms) for one in made]


def card(made: Card, name: str | None, terms: Terms) -> Card:
    """One card under this name, None where it has none here."""
    return replace(
        made,
        name=name or made.name,
        lang="" if name else languages.default(),
        picture=picture(made.picture, made.name, name, terms),
        swatches=[{**one, "name": terms.get(one["name"], one["name"])} for one in made.swatches],
    )


def picture(shown: Mapping[str, Any] | None, original: str, name: str | None, terms: Terms) -> Mapping[str, Any] | None:
    """A picture of the product `original` whose alternative text is in this language: of the word list; else the
    product's name here, with the value behind the comma ("Mug, moss") if there is one; as it is where there is neither.
    """
    if shown is None:
        return None
    return {**shown, "alt": alt(shown["alt"], original, name, terms)}


def alt(text: str, original: str, name: str | None, terms: Terms) -> str:
    """The alternative text of a picture; see `picture`."""
    if text in terms or not name or not text:
        return terms.get(text, text)
    value = text.removeprefix(f"{original}, ") if text.startswith(f"{original}, ") else ""
    said = terms.get(value) or terms.get(value.capitalize()) if value else None
    return f"{name}, {said}" if said else name


def offers(found: dict[UUID, Offer]) -> dict[UUID, Offer]:
    """Offers as they are called here, with their options. As many queries as `cards`."""
    if not found or translations.is_original():
        return found
    names, terms = translations.product_names({one.product_id for one in found.values()}), translations.terms()
    return {key: _offer(one, names.get(one.product_id), terms) for key, one in found.items()}


def _offer(one: Offer, name: str | None, terms: Terms) -> Offer:
    return replace(
        one,
        name=name or one.name,
        lang="" if name else languages.default(),
        options=named(one.options, terms),
        picture=picture(one.picture, one.name, name, terms),
        reduced_by=terms.get(one.reduced_by, one.reduced_by),
    )


def named(options: Mapping[str, str], terms: Terms) -> dict[str, str]:
    """{"Colour": "Moss"} as it is called here."""
    return {terms.get(name, name): value(text, terms) for name, text in options.items()}


def page(found: ProductPage) -> ProductPage:
    """A product's page with all that the merchant wrote in the language of the page; its product is not for saving.
    One query, and one for the word list when it has changed.
    """
    if translations.is_original():
        return found
    product, terms = found.product, translations.terms()
    texts, original, own = translations.product(product.pk), product.name, languages.default()
    overlay(product, texts)
    name = texts.get("name")
    return replace(
        found,
        name_lang="" if name else own,
        description_lang="" if "description" in texts else own,
        variant=found.variant and replace(found.variant, reduced_by=terms.get(found.variant.reduced_by, "")
                                          or found.variant.reduced_by),
        options=[_option(one, terms) for one in found.options],
        gallery=[{**one, "alt": alt(one["alt"], original, name, terms)} for one in found.gallery],
        specs=[_spec(one, terms) for one in found.specs],
        breadcrumbs=[
            *found.breadcrumbs[:-1],
            {**found.breadcrumbs[-1], "label": product.name, "lang": "" if name else own},
        ],
    )  # fmt: skip


def overlay(row: Any, texts: Mapping[str, str]) -> None:
    """Put the texts of another language over those of a row, which is not for saving. Of its SEO texts none is left
    over: it would stand in the way of the name.
    """
    for field, text in texts.items():
        setattr(row, field, text)
    for field in ("seo_title", "seo_description") if "name" in texts else ():
        setattr(row, field, texts.get(field, ""))


def _option(option: Mapping[str, Any], terms: Terms) -> dict[str, Any]:
    name = option["name"]
    values = [
        {**one, "label": value(one["label"], terms), "lang": lang(one["label"], terms)} for one in option["values"]
    ]
    return {**option, "name": terms.get(name, name), "lang": lang(name, terms), "values": values}


def _spec(one: Mapping[str, str], terms: Terms) -> dict[str, str]:
    label, text = one["label"], one["value"]
    return {
        "label": terms.get(label, label),
        "label_lang": lang(label, terms),
        "value": value(text, terms),
        "value_lang": lang(text, terms),
    }


def lang(text: str, terms: Terms) -> str:
    """The language in which a name or value is shown, where that is not the page's: "" also for mere figures."""
    of_the_shop = (gettext("Yes"), gettext("No"))
    is_said = text in of_the_shop or any(one in terms for one in (text, _unit(text), *text.split(", ")))
    return "" if is_said or not any(map(str.isalpha, text)) else languages.default()


def _unit(text: str) -> str:
    """What stands behind a number; "" of what is none."""
    number, _space, unit = text.partition(" ")
    return unit if number.replace(".", "", 1).replace("-", "", 1).isdigit() else ""


def value(text: str, terms: Terms) -> str:
    """A value of an option or attribute as it is called here: all of it, the unit behind a number, or each of some."""
    if text in terms:
        return terms[text]
    unit = _unit(text)
    if unit in terms:
        return f"{text.partition(' ')[0]} {terms[unit]}"
    return ", ".join(terms.get(one, one) for one in text.split(", "))


def values(found: Iterable[str], terms: Sequence[Terms]) -> list[str]:
    """What these names and values are called in each of these word lists, each once."""
    return list(dict.fromkeys(said[one] for one in found for said in terms if one in said))
