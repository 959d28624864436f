"""Which categories words name."""

from __future__ import annotations

import pytest

from catalog.products import tree
from catalog.search import intent, wording
from catalog.search.query import Query
from tests.factories import catalog

pytestmark = pytest.mark.django_db


@pytest.fixture
def categories() -> None:
    catalog.category("Computers", "Chromebooks & Laptops")
    catalog.category("Computers", "Computer accessories")
    catalog.category("Audio", "Gaming headsets")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("laptop", [("Chromebooks & Laptops", 1.0)]),
        ("notebooks", [("Chromebooks & Laptops", 1.0)]),  # a synonym
        ("gaming laptop", [("Chromebooks & Laptops", 0.707)]),
        ("laptop bag", []),
        ("headset", []),  # of no category but the gaming ones
        ("gaming headset", [("Gaming headsets", 1.0)]),
        ("computer", [("Computers", 1.0)]),
        ("accessories", []),
        ("zeppelin", []),
        ("?", []),
    ],
)
def test_words_name_categories(categories: None, text: str, expected: list[tuple[str, float]]) -> None:
    names = {node.path: node.name for node in tree.tree().nodes}

    found = intent.categories(wording.understood(Query(text=text)).meaning)

    assert [(names[one.path], round(one.share, 3)) for one in found] == expected
