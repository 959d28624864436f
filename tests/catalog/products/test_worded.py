"""What shoppers read of products in their language, and what is said where it is not translated."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from catalog.products import cards, offering, selectors, worded
from catalog.products import page as product_pages
from catalog.products.models import Product
from catalog.search import engine
from catalog.search.query import Query
from shop.core import db
from tests.factories import catalog, translations

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug() -> Product:
    """A mug in two colours, with all that a merchant writes of it, in English and in German."""
    brand = catalog.BrandFactory(name="Oriel")
    kind = catalog.ProductTypeFactory()
    catalog.AttributeFactory(product_type=kind, code="material", name="Material", is_filterable=True)
    catalog.AttributeFactory(product_type=kind, code="warranty", name="Warranty", kind="number", unit="months")
    made = catalog.ProductFactory(
        name="Round mug", slug="round-mug", description="It holds tea.", brand=brand, product_type=kind,
        category=catalog.category("Kitchen", "Mugs"), options=["Colour"],
        attributes={"material": "Stoneware", "warranty": 24}, seo_title="Round mug by Oriel", seo_description="Tea!",
    )  # fmt: skip
    for colour in ("Moss", "Clay"):
        variant = catalog.add_variant(made, sku=f"MUG-{colour}", options={"Colour": colour}, units=20)
        catalog.ImageFactory(product=made, variant=variant, file=f"products/{colour}.png",
                             alt=f"Round mug, {colour.lower()}")  # fmt: skip
    translations.translated(made, name="Runder Becher", description="Für Tee.", seo_title="Becher")
    translations.shelf(made.category, name="Becher")
    translations.words(Colour="Farbe", Moss="Moosgrün", Material="Werkstoff", Stoneware="Steinzeug", months="Monate")
    translations.translated(made, name="Runder Becher")
    return made


def _page(client: Client, path: str) -> str:
    return str(client.get(path).content.decode())


def test_a_product_page_in_german(client: Client, mug: Product) -> None:
    text = _page(client, "/de/products/round-mug/?variant=MUG-Moss")

    assert re.search(r"<h1><bdi>Runder Becher</bdi></h1>", text)
    assert "<title>Becher" in text
    assert "Für Tee." in text
    assert "It holds tea." not in text
    assert re.search(r"<legend><bdi>Farbe</bdi>: <strong><bdi>Moosgrün</bdi></strong>", text)
    assert 'alt="Runder Becher, Moosgrün"' in text
    assert "<dt><bdi>Werkstoff</bdi></dt><dd><bdi>Steinzeug</bdi></dd>" in text
    assert "<dd><bdi>24 Monate</bdi></dd>" in text
    data = [json.loads(one) for one in re.findall(r"ld\+json\">(.*?)</script>", text, re.S)]
    assert [one["name"] for one in data if one["@type"] == "ProductGroup"] == ["Runder Becher"]
    [crumbs] = [one for one in data if one["@type"] == "BreadcrumbList"]
    assert [one["name"] for one in crumbs["itemListElement"]][-2:] == ["Becher", "Runder Becher"]
    assert 'property="og:title" content="Becher' in text
    assert "Round mug" not in text


def test_values_of_options_are_sent_as_they_are_kept(client: Client, mug: Product) -> None:
    response = client.get("/de/products/round-mug/?option.colour=Moss")

    [option] = response.context["options"]
    said = [(one["value"], one["label"], one["lang"]) for one in option["values"]]
    assert said == [("Moss", "Moosgrün", ""), ("Clay", "Clay", "en")]
    assert '<span class="choice__label"><bdi lang="en">Clay</bdi></span>' in response.content.decode()
    assert response.context["variant"].sku == "MUG-Moss"


def test_the_plain_page_stays_as_it_was(client: Client, mug: Product) -> None:
    text = _page(client, "/products/round-mug/")

    assert "<h1><bdi>Round mug</bdi></h1>" in text
    assert "<title>Round mug by Oriel" in text
    for word in ("Becher", "Moosgrün", "Farbe", "Steinzeug"):
        assert word not in text


def test_what_is_not_translated_says_its_language(client: Client, mug: Product) -> None:
    text = _page(client, "/es/products/round-mug/")

    assert '<h1><bdi lang="en">Round mug</bdi></h1>' in text
    assert re.search(r'<div class="prose" lang="en" dir="auto">\s*<p>It holds tea.</p>', text)
    assert re.search(r'<h3 class="card__name" lang="en"><a[^>]*>Round mug</a>', _page(client, "/es/products/"))
    assert '<h3 class="card__name"><a' in _page(client, "/de/products/")


def test_only_what_is_missing_is_in_the_original(client: Client) -> None:
    translations.translated(
        catalog.product(name="Stool", slug="stool", description="Oak.", seo_title="Oak stool"), name="Hocker"
    )
    text = _page(client, "/de/products/stool/")

    assert "<h1><bdi>Hocker</bdi></h1>" in text
    assert "<title>Hocker" in text  # rather than the English SEO title
    assert '<div class="prose" lang="en"' in text


def _queries(ask: Any) -> int:
    ask()  # what is kept is kept
    with CaptureQueriesContext(connections[db.CATALOG]) as queries:
        ask()
    return len(queries)


@pytest.mark.parametrize("count", [1, 5])
def test_queries_of_cards_and_offers(count: int) -> None:
    made = [catalog.product(name=f"Mug {number}") for number in range(count)]
    for one in made:
        translations.translated(one, name=f"Becher {one.name[4:]}")
    variants = [one.variants.get().pk for one in made]

    def shown() -> list[cards.Card]:
        return cards.cards([one.pk for one in made], currency="USD")

    def offered() -> dict[Any, Any]:
        return offering.offers(variants, currency="USD")

    plain = (_queries(shown), _queries(offered))
    assert [one.name for one in shown()] == [one.name for one in made]
    with translation.override("de"):
        assert (_queries(shown), _queries(offered)) == (plain[0] + 1, plain[1] + 1)
        assert [one.name for one in shown()] == [f"Becher {number}" for number in range(count)]
        assert {one.name for one in offered().values()} == {f"Becher {number}" for number in range(count)}


def test_a_page_in_english_asks_nothing_more(mug: Product) -> None:
    def shown() -> Any:
        return product_pages.product_page(slug="round-mug", currency="USD")

    plain = _queries(shown)
    with translation.override("de"):
        assert _queries(shown) == plain + 1


def test_a_list_asks_nothing_for_names(mug: Product) -> None:
    def found() -> Any:
        return engine.search(Query(), only="postgres", with_facets=False).hits

    plain = _queries(found)
    assert [one.name for one in found()] == ["Round mug"]
    with translation.override("de"):
        assert _queries(found) == plain
        [hit] = found()
    assert hit.name == "Runder Becher"
    assert hit.card["picture"]["alt"] == "Runder Becher, Moosgrün"
    assert [one["name"] for one in hit.card["swatches"]] in (["Moosgrün", "Clay"], [])


@pytest.mark.parametrize(
    ("alt", "name", "shown"),
    [
        ("Mug, moss", "Becher", "Becher, Moosgrün"),  # capital or not
        ("Mug, plum", "Becher", "Becher"),
        ("Mug", "Becher", "Becher"),
        ("On a table", "Becher", "Auf einem Tisch"),
        ("Mug", None, "Mug"),
        ("", "Becher", ""),  # it says nothing on purpose
    ],
)
def test_alternative_texts(alt: str, name: str | None, shown: str) -> None:
    assert worded.alt(alt, "Mug", name, {"Moss": "Moosgrün", "On a table": "Auf einem Tisch"}) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [("Red", "Rot"), ("Red, Blue", "Rot, Blue"), ("2.5 months", "2.5 Monate"), ("some months", "some months")],
)
def test_values_of_attributes(value: str, shown: str) -> None:
    assert worded.value(value, {"Red": "Rot", "months": "Monate"}) == shown


def test_a_card_keeps_all_else() -> None:
    catalog.product(name="Mug")
    [card] = cards.cards(Product.objects.values_list("pk", flat=True), currency="USD")

    assert worded.card(card, "Becher", {}) == replace(card, name="Becher", swatches=[])


@pytest.mark.parametrize(
    ("text", "lang"),
    [("Red", ""), ("Blue", "en"), ("16", ""), ("2.5 months", ""), ("2.5 years", "en"), ("Red, Blue", ""), ("", "")],
)
def test_which_language_a_value_is_in(text: str, lang: str) -> None:
    assert worded.lang(text, {"Red": "Rot", "months": "Monate"}) == lang


@pytest.mark.parametrize(("text", "lang"), [("Ja", ""), ("Nein", ""), ("Yes", "en")])
def test_what_the_shop_itself_says_is_in_the_pages_language(text: str, lang: str) -> None:
    with translation.override("de"):
        assert worded.lang(text, {}) == lang


def test_what_a_thing_is_exchanged_for_is_called_as_it_is_here() -> None:
    tee = catalog.ProductFactory(name="Tee", slug="tee", options=["Colour"])
    variants = [catalog.add_variant(tee, sku=one, options={"Colour": one}, amount=100) for one in ("Moss", "Navy")]
    translations.words(Colour="Farbe", Moss="Moosgrün")
    with translation.override("de"):
        found = selectors.siblings([tee.pk])[tee.pk]

    assert [found[one.pk] for one in variants] == [{"Farbe": "Moosgrün"}, {"Farbe": "Navy"}]
    assert selectors.siblings([tee.pk])[tee.pk][variants[0].pk] == {"Colour": "Moss"}
