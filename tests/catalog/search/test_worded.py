"""Lists, filters, suggestions and the home page in another language, and what is indexed of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from catalog.products.models import Product
from catalog.search import compounds, indexing, receivers, rows
from catalog.search.models import Listing
from tests.factories import catalog, translations

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf() -> Product:
    """Two bottles and a stool; of each kind one is translated."""
    kind = catalog.ProductTypeFactory()
    catalog.AttributeFactory(product_type=kind, code="material", name="Material", is_filterable=True)
    bottles = catalog.category("Outdoor", "Bottles")
    one = catalog.product(
        name="Trail bottle", category=bottles, product_type=kind, attributes={"material": "Steel"}, indexed=False
    )
    other = catalog.product(
        name="Glass bottle", category=bottles, product_type=kind, attributes={"material": "Glass"}, indexed=False
    )
    stool = catalog.product(name="Stool", product_type=kind, attributes={"material": "Steel"}, indexed=False)
    translations.shelf(bottles, name="Trinkflaschen", description="Für unterwegs.")
    translations.words(Material="Werkstoff", Steel="Stahl")
    translations.translated(one, name="Wanderflasche", indexed=False)
    indexing.index([one.pk, other.pk, stool.pk])
    return one


def test_a_list_in_german(client: Client, shelf: Product) -> None:
    text = client.get("/de/categories/outdoor/bottles/").content.decode()

    assert "<h1>Trinkflaschen" in re.sub(r"<h1[^>]*>", "<h1>", text)
    assert "Für unterwegs." in text
    assert "Wanderflasche" in text
    assert "<summary>Werkstoff</summary>" in text
    assert "<span>Stahl</span>" in text
    assert 'href="/de/categories/outdoor/bottles/?attr.material=Steel"' in text  # what is asked stays as it is kept
    assert "Glass bottle" in text


def test_a_chosen_filter_is_called_as_it_is_in_the_list(client: Client, shelf: Product) -> None:
    response = client.get("/de/products/?attr.material=Steel")

    assert [chip["label"] for chip in response.context["active"]] == ["Werkstoff: Stahl"]


def test_the_plain_list_stays_as_it_was(client: Client, shelf: Product) -> None:
    text = client.get("/categories/outdoor/bottles/").content.decode()

    assert "Trail bottle" in text
    for word in ("Wanderflasche", "Trinkflaschen", "Werkstoff", "Stahl", "Für unterwegs."):
        assert word not in text


@pytest.mark.parametrize("words", ["wanderflasche", "wanderfla", "flasche", "Trinkflaschen", "stahl wanderflasche"])
def test_what_is_typed_in_german_is_found(client: Client, shelf: Product, words: str) -> None:
    response = client.get("/de/products/", {"q": words})

    assert "Wanderflasche" in [card.name for card in response.context["cards"]]
    assert response.context["corrected_from"] is None


def test_what_was_looked_for_is_marked_in_the_name_that_is_shown(client: Client, shelf: Product) -> None:
    assert "<mark>Wanderflasche</mark>" in client.get("/de/products/?q=wanderflasche").content.decode()


def test_suggestions_in_german(client: Client, shelf: Product) -> None:
    context = client.get("/de/search/suggest/?q=wander").context

    assert [one["name"] for one in context["products"]] == ["Wanderflasche"]
    assert [one["text"] for one in context["queries"]] == ["wanderflasche"]
    categories = client.get("/de/search/suggest/?q=trinkfl").context["categories"]
    assert [one["name"] for one in categories] == ["Trinkflaschen"]
    assert not client.get("/search/suggest/?q=wander").context["products"]  # nobody types it there


def test_the_home_page_in_german(client: Client, shelf: Product) -> None:
    translations.shelf(catalog.category("Outdoor"), name="Draußen")
    text = client.get("/de/").content.decode()
    assert "Wanderflasche" in text
    assert text.count("Draußen") >= 3  # in the head of the page, as a department and at its foot
    assert "Outdoor" not in text
    assert "Trail bottle" in client.get("/").content.decode()


def test_the_api_answers_in_the_language_that_is_asked_for(client: Client, shelf: Product) -> None:
    def names(language: str) -> set[str]:
        answer = client.get("/api/products/search?q=bottle", headers={"Accept-Language": language})
        return {one["name"] for one in answer.json()["products"]}

    assert names("de") == {"Wanderflasche", "Glass bottle"}
    assert names("en") == {"Trail bottle", "Glass bottle"}


def test_a_listing_without_translations_is_what_it_was(django_assert_num_queries: Any) -> None:
    """The words and the card hold nothing of languages; indexing asks two more queries, however many products."""
    some = [catalog.product(name=f"Mug {number}", indexed=False) for number in range(3)]
    rows.rows([some[0].pk])

    with django_assert_num_queries(8):  # no product is in a category
        made = rows.rows([one.pk for one in some])

    assert all("names" not in row["card"] for row in made)
    assert all(row["texts"]["tags"] == "" for row in made)


def test_a_name_is_indexed_again_though_only_its_capitals_changed(shelf: Product) -> None:
    before = Listing.objects.get(product_id=shelf.pk).version

    translations.translated(shelf, name="WanderFlasche")

    found = Listing.objects.get(product_id=shelf.pk)
    assert found.card["names"] == {"de": "WanderFlasche"}
    assert found.version > before


def test_words_are_indexed_where_they_are_used(shelf: Product) -> None:
    translations.words(Steel="Edelstahl", Unused="Unbenutzt")

    assert indexing.index_terms(["Unused"]) == 0
    assert indexing.index_terms(["Steel"]) == 2
    assert "edelstahl" in Listing.objects.get(product_id=shelf.pk).texts["tags"]


def test_values_of_options_are_words_as_well(client: Client) -> None:
    made = catalog.ProductFactory(name="Scarf", options=["Colour"])
    catalog.add_variant(made, options={"Colour": "Moss"})
    indexing.index([made.pk])
    translations.words(Moss="Moosgrün")

    receivers.index_terms({"texts": ["Moss"]})

    with translation.override("de"):
        assert [card.name for card in client.get("/de/products/?q=moosgrün").context["cards"]] == ["Scarf"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Tischlampe", ["chlampe", "hlampe", "lampe", "ampe"]),
        ("Kissen Wiese", []),  # too short to be two words
        ("WH-1000XM4", []),
        ("Teegläser groß", ["glaser", "laser", "aser"]),
    ],
)
def test_what_compounds_may_end_with(text: str, found: list[str]) -> None:
    assert list(compounds.endings(text)) == found


def test_only_languages_that_write_words_as_one_have_endings() -> None:
    made = catalog.product(name="Lamp", indexed=False)
    translations.translated(made, "es", name="Lamparilla grandota")
    assert "dota" not in Listing.objects.get(product_id=made.pk).texts["tags"].split()

    translations.translated(made, "de", name="Tischlampe")
    assert "lampe" in Listing.objects.get(product_id=made.pk).texts["tags"].split()


def test_what_is_not_translated_says_its_language(client: Client, shelf: Product) -> None:
    text = client.get("/de/categories/outdoor/bottles/").content.decode()
    options = re.findall(r'<span class="facet__box">.*?</span><span([^>]*)>(Stahl|Glass)</span>', text, re.S)
    assert sorted(options) == [("", "Stahl"), (' lang="en"', "Glass")]

    found = client.get("/de/search/suggest/?q=glass bot").content.decode()
    assert '<span><bdi lang="en">Glass bottle</bdi></span>' in found
    assert "<span><bdi>Glass bottle</bdi></span>" in client.get("/search/suggest/?q=glass bot").content.decode()
