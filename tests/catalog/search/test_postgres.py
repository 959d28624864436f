"""What the embedded engine finds."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.search import engine, indexing, spelling
from catalog.search.engine import Results
from catalog.search.query import Query
from tests.factories import catalog

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf() -> None:
    laptops = catalog.category("Computers", "Laptops")
    audio = catalog.category("Audio")
    catalog.product(name="Sony WH-1000XM4 wireless headphones", brand="Sony", category=audio, sku="WH1000XM4B")
    catalog.product(name="Café table", description="A small round table with running legs", tags=["bistro"])
    catalog.product(name="Aspire notebook", brand="Acer", category=laptops)
    catalog.product(name="Leather boots", description="Goes well with a notebook under the arm")
    catalog.product(name="Jeans", brand="Bøgh")
    indexing.rebuild()


def find(text: str) -> Results:
    return engine.search(Query(text=text))


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("headphone", "Sony WH-1000XM4 wireless headphones"),
        ("HEADPHONES", "Sony WH-1000XM4 wireless headphones"),
        ("wh-1000xm4", "Sony WH-1000XM4 wireless headphones"),
        ("wh 1000 xm4", "Sony WH-1000XM4 wireless headphones"),
        ("wh1000xm4", "Sony WH-1000XM4 wireless headphones"),
        ("1000xm4", "Sony WH-1000XM4 wireless headphones"),
        ("wh1000xm4b", "Sony WH-1000XM4 wireless headphones"),
        ("sony headpho", "Sony WH-1000XM4 wireless headphones"),
        ("cafe", "Café table"),
        ("CAFÉ", "Café table"),
        ("tables", "Café table"),
        ("run", "Café table"),
        ("bistro", "Café table"),
        ("laptop", "Aspire notebook"),
        ("acer laptops", "Aspire notebook"),
        ("notebook", "Aspire notebook"),
        ("boot", "Leather boots"),
        ("bogh", "Jeans"),
        ("bøgh", "Jeans"),
    ],
)
def test_finds(shelf: None, text: str, first: str) -> None:
    results = find(text)

    assert [hit.name for hit in results.hits][:1] == [first]
    assert results.corrected_to is None


@pytest.mark.parametrize(
    ("text", "corrected", "first"),
    [
        ("hedphones", "headphones", "Sony WH-1000XM4 wireless headphones"),
        ("headphnoes", "headphones", "Sony WH-1000XM4 wireless headphones"),
        ("notebok", "notebook", "Aspire notebook"),
        ("sony haedphones", "sony headphones", "Sony WH-1000XM4 wireless headphones"),
    ],
)
def test_corrects_misspelt_words(shelf: None, text: str, corrected: str, first: str) -> None:
    results = find(text)

    assert (results.hits[0].name, results.corrected_to) == (first, corrected)


def test_a_better_spelling_is_offered_when_little_is_found(shelf: None) -> None:
    catalog.product(name="Notebok stand")
    for number in range(spelling.MUCH - 1):
        catalog.product(name=f"Notebook {number}")
    indexing.rebuild()

    results = find("notebok stand")

    assert results.hits[0].name == "Notebok stand"
    assert (results.suggestion, results.corrected_to) == ("notebook stand", None)


def test_some_of_the_words_are_better_than_nothing(shelf: None) -> None:
    assert [hit.name for hit in find("zeppelin boots").hits] == ["Leather boots"]


def test_words_that_are_taken_as_typed_are_not_corrected(shelf: None) -> None:
    results = engine.search(Query(text="hedphones", is_exact=True))

    assert (results.hits, results.total, results.facets, results.corrected_to) == ((), 0, (), None)


def test_an_article_number_is_first_even_if_sold_out(shelf: None) -> None:
    catalog.product(name="Boots", sku="LB-100", units=0)
    catalog.product(name="Boots LB-100 and more")

    assert [hit.name for hit in find("lb 100").hits] == ["Boots", "Boots LB-100 and more"]


def test_nothing_is_nothing(shelf: None) -> None:
    results = find("zeppelin")

    assert (results.hits, results.total, results.facets) == ((), 0, ())


def test_the_name_counts_more_than_the_description(shelf: None) -> None:
    assert [hit.name for hit in find("notebook").hits] == ["Aspire notebook", "Leather boots"]


def test_what_can_be_bought_comes_first_even_if_it_fits_less() -> None:
    catalog.product(name="Lamp", units=0)
    catalog.product(name="Shade", description="for a lamp")

    assert [hit.name for hit in find("lamp").hits] == ["Shade", "Lamp"]


def test_an_engine_that_is_down_is_passed_over(settings: Any, shelf: None) -> None:
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"  # where nobody listens

    assert [hit.name for hit in find("boots").hits] == ["Leather boots"]


def test_when_all_engines_are_down_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(engine.BY_NAME, "postgres", f"{__name__}.Broken")

    with pytest.raises(engine.EngineDown):
        find("boots")


def test_the_only_engine_asked_is_not_replaced_by_another(settings: Any, shelf: None) -> None:
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"

    with pytest.raises(engine.EngineDown):
        engine.search(Query(text="boots"), only="elasticsearch")


class Broken:
    """An engine that cannot answer."""

    def search(self, query: Query, *, with_facets: bool = True) -> Results:
        raise engine.EngineDown("for this test")
