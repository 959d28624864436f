"""What is found and counted where there is so much that not everything can be looked at in time."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from catalog.search import elasticsearch as elasticsearch_engine
from catalog.search import engine, facets, indexing, page, postgres, sync
from catalog.search.query import Query
from tests.factories import catalog

pytestmark = pytest.mark.django_db

Find = Callable[..., list[str]]
MENTIONS = "Stands elegantly beside a lamp"


@pytest.fixture(params=["postgres", "elasticsearch"])
def find(request: Any, monkeypatch: pytest.MonkeyPatch) -> Find:
    """The names that one engine finds, four of them being very many."""
    name = request.param
    if name == "elasticsearch":
        request.getfixturevalue("elasticsearch")
    for module in (postgres, elasticsearch_engine):
        monkeypatch.setattr(module, "MANY", 4)
    catalog.product(name="Table", description=MENTIONS, rating_count=2_000_000, rating_average=5)
    catalog.product(name="Desk", description=MENTIONS)
    catalog.product(name="Green lamp", description="Shows a zebra")
    catalog.product(name="Lamp of the hall")
    catalog.product(name="Sold out lamp", units=0)
    catalog.product(name="Rug", description=MENTIONS, sku="ORIENT-77")
    indexing.rebuild()
    if name == "elasticsearch":
        sync.rebuild()

    def ask(text: str, *, number: int = 1, limit: int = 24) -> list[str]:
        found = engine.search(Query(text=text, page=number, limit=limit, is_exact=True), only=name)
        return [hit.name for hit in found.hits]

    return ask


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("lamp", ["Lamp of the hall", "Green lamp", "Table", "Rug", "Desk", "Sold out lamp"]),
        # The one with all words first, though it has one of them only in its description.
        ("lamp zebra", ["Green lamp", "Lamp of the hall", "Table", "Rug", "Desk", "Sold out lamp"]),
        ("lamp orient77", ["Rug", "Lamp of the hall", "Green lamp", "Table", "Desk", "Sold out lamp"]),
        ("lamp -zebra", ["Lamp of the hall", "Table", "Rug", "Desk", "Sold out lamp"]),
        ('lamp "beside a lamp"', ["Table", "Rug", "Desk"]),
    ],
)
@pytest.mark.parametrize("many", [4, 5000])
def test_what_only_mentions_the_words_comes_last(
    monkeypatch: pytest.MonkeyPatch, find: Find, text: str, many: int, expected: list[str]
) -> None:
    for module in (postgres, elasticsearch_engine):
        monkeypatch.setattr(module, "MANY", many)
    assert find(text) == expected


@pytest.mark.parametrize("text", ["lamp", "lamp zebra", "lamp orient77", "table lamp"])
@pytest.mark.parametrize("limit", [1, 2, 3, 4])
def test_pages_follow_each_other_without_gap_or_repeat(find: Find, text: str, limit: int) -> None:
    whole = find(text)

    assert [name for number in range(1, 8) for name in find(text, number=number, limit=limit)] == whole
    assert len(set(whole)) == len(whole) == 6


def test_of_very_many_results_some_are_counted_and_the_page_says_so(
    monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    for number in range(6):
        catalog.product(name=f"Lamp {number}", brand="Acme")
    indexing.rebuild()
    monkeypatch.setattr(facets, "SAMPLED", 4)
    for module in (facets, page):
        monkeypatch.setattr(module, "DEEP", 5)

    text = client.get("/products/?q=lamp").content.decode()

    assert re.search(r'data-testid="result-count"[^>]*>([^<]*)<', text)[1] == "5 products or more"  # type: ignore[index]
    assert re.findall(r'<span>Acme</span><span class="facet__count">([^<]*)<', text) == ["4+"]
    found = engine.search(Query(text="lamp"), only="postgres")
    assert {facet.is_sampled for facet in found.facets} == {True}


def test_of_as_many_as_can_be_looked_at_all_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        catalog.product(name=f"Lamp {number}", brand="Acme")
    indexing.rebuild()
    monkeypatch.setattr(facets, "SAMPLED", 7)

    found = engine.search(Query(text="lamp", brands=("acme", "other")), only="postgres")

    assert (found.total, {facet.is_sampled for facet in found.facets}) == (6, {False})
