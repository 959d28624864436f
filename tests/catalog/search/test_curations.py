"""What the merchant says of single searches."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.search import curations, engine
from catalog.search.curations import Curated
from catalog.search.models import Curation
from catalog.search.query import Query
from tests.factories import catalog

pytestmark = pytest.mark.django_db


def curation(words: str, **more: object) -> Curation:
    return Curation.objects.create(words=words, key=curations.key(words), **more)


def names(text: str, **more: object) -> list[str]:
    return [hit.name for hit in engine.search(Query(text=text, **more)).hits]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("laptop bag", "Bags  LAPTOPS!", True),
        ("café", "Cafe", True),
        ("laptop", "laptop bag", False),
        ("?!", "", True),
    ],
)
def test_searches_are_the_same_whatever_their_order_and_number(one: str, other: str, is_same: bool) -> None:
    assert (curations.key(one) == curations.key(other)) is is_same


def test_pinned_products_come_first_and_buried_ones_last() -> None:
    plain = catalog.product(name="Lamp")
    buried = catalog.product(name="Lamp lamp", brand="Lamp")
    other = catalog.product(name="Torch")
    second = catalog.product(name="Candle")
    curations.pin(curation("lamps"), [(other.pk, False), (second.pk, False), (buried.pk, True)])

    assert names("lamp") == ["Torch", "Candle", "Lamp", "Lamp lamp"]
    assert curations.curated("LAMPS") == Curated((other.pk, second.pk), (buried.pk,))
    assert names("lamp", sort="price")
    assert set(names("lamp", sort="price")) == set(names("lamp"))
    assert names("lamp", page=2, limit=2) == ["Lamp", "Lamp lamp"]  # no page repeats or leaves out
    assert plain.name in names("lamp shade")
    assert "Torch" not in names("lamp shade")


def test_nobody_is_led_to_what_is_sold_out() -> None:
    catalog.product(name="Lamp")
    curations.pin(curation("lamp"), [(catalog.product(name="Torch", units=0).pk, False)])

    assert names("lamp") == ["Lamp", "Torch"]


def test_filters_hold_for_pinned_products_as_well() -> None:
    catalog.product(name="Lamp", brand="Acme")
    curations.pin(curation("lamp"), [(catalog.product(name="Torch", brand="Other").pk, False)])

    assert names("lamp", brands=("acme",)) == ["Lamp"]


def test_what_is_switched_off_says_nothing(client: Client) -> None:
    catalog.product(name="Lamp")
    row = curation("lamp", redirect_url="/categories/sale/", is_active=False)
    curations.pin(row, [(catalog.product(name="Torch").pk, False)])

    assert names("lamp") == ["Lamp"]
    assert client.get("/products/?q=lamp").status_code == 200


def test_a_search_may_lead_elsewhere(client: Client) -> None:
    curation("opening hours", redirect_url="/pages/contact/")

    response = client.get("/products/?q=Opening+hour")

    assert (response.status_code, response["Location"]) == (302, "/pages/contact/")


def test_no_search_leads_round_in_circles(client: Client) -> None:
    curation("loopy", redirect_url="/products/?q=Loopy")
    curation("one", redirect_url="/products/?q=two")
    curation("two", redirect_url="/products/?q=one")
    curation("there", redirect_url="/products/?q=lamp&sort=price")
    curation("shelf", redirect_url="/products/?q=shelf&in_stock=1")

    found = {text: client.get("/products/", {"q": text}) for text in ("loopy", "one", "two", "there", "shelf")}

    assert {text: response.get("Location") for text, response in found.items()} == {
        "loopy": None,
        "one": None,
        "two": None,
        "there": "/products/?q=lamp&sort=price",
        "shelf": "/products/?q=shelf&in_stock=1",
    }


def test_a_pin_is_seen_at_once(django_capture_on_commit_callbacks: Any) -> None:
    catalog.product(name="Lamp")
    torch = catalog.product(name="Torch")
    row = curation("lamp")
    assert names("lamp") == ["Lamp"]

    with django_capture_on_commit_callbacks(execute=True):
        curations.pin(row, [(torch.pk, False)])
    assert names("lamp") == ["Torch", "Lamp"]
    with django_capture_on_commit_callbacks(execute=True):
        curations.pin(row, [])
    assert names("lamp") == ["Lamp"]
