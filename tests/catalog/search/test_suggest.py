"""What the search box offers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.products.models import Brand
from catalog.search import beginnings, indexing, reports, suggest
from tests.factories import catalog

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf() -> None:
    catalog.product(name="Lantern", brand="Lamé Works", category=catalog.category("Home", "Lamps"))
    catalog.product(name="Desk lamp", brand="Acme")
    catalog.product(name="Lampion", units=0)
    indexing.rebuild()


def offered(text: str) -> dict[str, list[str]]:
    found = suggest.suggestions(text, currency="USD")
    return {
        "queries": [one["text"] for one in found["queries"]],
        "categories": [one["name"] for one in found["categories"]],
        "brands": [one["name"] for one in found["brands"]],
        "products": [one["name"] for one in found["products"]],
    }


@pytest.mark.parametrize("is_many", [False, True])
def test_everything_that_begins_so(shelf: None, monkeypatch: pytest.MonkeyPatch, is_many: bool) -> None:
    if is_many:
        monkeypatch.setattr(beginnings, "MANY", 1)

    assert offered("LA") == {
        "queries": ["lamps", "lame", "lampion", "lantern"],
        "categories": ["Lamps"],
        "brands": ["Lamé Works"],
        "products": ["Desk lamp", "Lantern", "Lampion"],
    }


def test_the_words_before_must_all_be_there(shelf: None) -> None:
    assert offered("desk la") == {
        "queries": ["desk lamp"],
        "categories": [],
        "brands": [],
        "products": ["Desk lamp"],
    }


def test_the_commonest_words_of_those_products_come_first() -> None:
    for name in ("Desk lamp", "Desk lamp, small", "Desk lantern", "Desk", "Lasso"):
        catalog.product(name=name)
    indexing.rebuild()

    assert offered("desk la")["queries"] == ["desk lamp", "desk lantern"]
    assert offered("desk lamp")["queries"] == []


@pytest.mark.parametrize("text", ["o'r", "o’reilly", "oreilly"])
def test_names_with_an_apostrophe(text: str) -> None:
    Brand.objects.create(name="O'Reilly", slug="o-reilly")
    indexing.rebuild()

    assert offered(text)["brands"] == ["O'Reilly"]


def test_what_many_search_for_comes_first(shelf: None) -> None:
    for _ in range(reports.POPULAR):
        reports.searched("lamp for the desk", has_results=True)

    assert offered("lamp")["queries"][:2] == ["lamp for the desk", "lamps"]


@pytest.mark.parametrize("text", ["", "l", "  ", "🎧", "?!", '"', "%", "x" * 10_000, "' OR 1=1 --", "a:* & b"])
def test_whatever_is_typed_is_answered(client: Client, shelf: None, text: str) -> None:
    assert client.get("/search/suggest/", {"q": text}).status_code == 200


def test_the_fragment_is_a_list_of_options(client: Client, shelf: None) -> None:
    html = client.get("/search/suggest/?q=lam").content.decode()

    assert html.count('role="option"') == html.count('aria-selected="false"') == 8
    assert html.count('role="group"') == 4
    assert html.count("<h2") == 0
    assert html.count('tabindex="-1"') == 8  # the arrows lead to them
    assert "8 suggestions" in html
    assert "No suggestions" in client.get("/search/suggest/?q=zzzz").content.decode()


def test_suggestions_take_few_queries_however_much_there_is(shelf: None, counting: Any) -> None:
    counts = []
    for text in ("lam", "lan", "de"):
        with counting() as queries:
            suggest.suggestions(text, currency="USD")
        counts.append(queries())
    for number in range(20):
        catalog.product(name=f"Lamella {number}", brand=f"Lama {number}")
    with counting() as queries:
        suggest.suggestions("la", currency="USD")

    assert max(counts) <= 7
    assert queries() <= 7
