"""The demo in the shop's other languages."""

from __future__ import annotations

import pytest
from django.utils import translation

from catalog.imports.demo import rows, said, showcase
from catalog.imports.demo.load import SOURCE
from catalog.products import tree
from catalog.translations import selectors
from catalog.translations.models import CategoryTranslation, ProductTranslation, Term
from shop.core import db
from shop.events.models import OutboxEvent
from tests.factories import catalog

NAMES = {row["name"] for row in rows.products()} | {"Tea for two", "Gift card"}


def test_every_product_and_category_has_a_name() -> None:
    assert set(said.table("products")) == NAMES
    wanted = {name for row in rows.products() for name in row["category_path"]}
    assert set(said.table("categories")) == wanted


def test_every_word_that_shoppers_choose_by_is_in_the_list() -> None:
    words, same = said.table("words"), {"USB", "USB-C", "Wi-Fi", "HDMI", "XLR", "E27", "E14", "LED", "Bluetooth"}
    for row in rows.products():
        chosen = {value for one in row.get("variants", []) for value in one["options"].values()}
        values = {value for name, value in row["attributes"].items() if isinstance(value, str) and name != "Author"}
        named = {*row["options"], *row["attributes"]}
        lacking = {one for one in chosen | values | named - same if one not in words} - same
        assert {one for one in lacking if one not in {"S", "M", "L", "XL"} and not one[0].isdigit()} == set()


@pytest.mark.parametrize("name", ["products", "categories", "words", "sentences"])
def test_tables_are_whole(name: str) -> None:
    for original, texts in said.table(name).items():
        assert all(texts.values()), original
        assert any("\u0600" <= letter <= "\u06ff" for letter in texts["ar"]) or texts["ar"] == original, original


def test_a_text_is_told_by_its_sentences() -> None:
    tools = "Tools and tableware that get better with use."
    read = "Things to read, and things to write on."

    assert said.told(f"{tools} {read}", "de").startswith("Werkzeug und Geschirr")
    assert said.told(f"{tools} {read}", "de").endswith("Beschreiben.")
    assert said.told(f"{tools} And more.", "de") == ""
    assert said.told("", "de") == ""


@pytest.mark.django_db
def test_it_is_loaded_once_and_told_of() -> None:
    shelf = catalog.category("Kitchen", "Tableware")
    mug = catalog.product(name="Studio mug", source=SOURCE, external_id="demo-1", category=shelf, indexed=False)
    catalog.product(name="Round teapot", source="other", external_id="x", indexed=False)  # of the merchant's own

    assert said.load() == 1
    assert said.load() == 0

    with translation.override("de"):
        assert selectors.product_names([mug.pk]) == {mug.pk: "Atelierbecher"}
        assert [node.name for node in tree.tree().ancestors(shelf.path)] == ["Küche", "Geschirr"]
        assert selectors.term("Moss") == "Moosgrün"
    assert ProductTranslation.objects.count() == 3
    assert CategoryTranslation.objects.count() == 6
    assert Term.objects.count() == len(said.table("words"))
    told = OutboxEvent.objects.using(db.CATALOG).filter(event_type="ProductsImported")
    assert [one.data["product_ids"] for one in told] == [[str(mug.pk)]]


def test_the_set_of_the_showcase_is_among_them() -> None:
    assert set(showcase.SET) <= set(said.table("products"))


def test_whole_departments_are_told_of_in_every_language() -> None:
    """Home, kitchen and clothing; the others have names, and their descriptions are shown in the original."""
    for row in rows.products():
        if row["category_path"][0] in {"Home & lighting", "Kitchen", "Clothing"}:
            assert all(said.told(row["description"], code) for code in said.COLUMNS), row["description"]
