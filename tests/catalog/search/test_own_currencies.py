"""Lists in a currency to which nothing is converted: what has a price in it, by that price, on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.test import Client

from catalog.products import prices
from catalog.products.models import Product
from catalog.search import engine, exchanged, indexing, receivers, sync
from catalog.search.engine import Results
from catalog.search.models import Lexeme, Listing, Word
from catalog.search.query import Query
from shop.core import cache, db
from shop.core.money import Money
from shop.currencies import selectors as currencies
from shop.events.models import OutboxEvent
from tests.factories import catalog
from tests.factories.currencies import currency

pytestmark = pytest.mark.django_db
Search = Callable[..., Results]


def set_price(product: Product, minor: int, code: str = "GBP", **fields: Any) -> None:
    [variant] = product.variants.all()
    prices.set_price(variant_id=variant.pk, amount=Money(minor, code), by="test", **fields)


@pytest.fixture
def shelf() -> dict[str, Product]:
    currency("GBP", "0.8", is_converted=False)
    made = {
        name: catalog.product(name=f"Lamp {name}", amount=amount, indexed=False)
        for name, amount in (("alder", 10_00), ("birch", 20_00), ("cedar", 30_00), ("doum", 40_00))
    }
    set_price(made["alder"], 60_00)
    set_price(made["birch"], 30_00)
    set_price(made["cedar"], 5_00)
    return made


@pytest.fixture(params=["postgres", "elasticsearch"])
def search(request: Any, settings: Any) -> Search:
    name = request.param
    if name == "elasticsearch":
        request.getfixturevalue("elasticsearch")

    def ask(text: str = "", **asked: Any) -> Results:
        if name == "elasticsearch":
            sync.copy_changes()
        cache.LISTINGS.set(str(db.uuid7()))
        query = Query(text=text, **{"currency": "GBP", "edges": exchanged.edges("GBP"), **asked})
        assert engine.search(query, only=name) == exchanged.search(query)
        return exchanged.search(query)

    if name == "elasticsearch":
        sync.rebuild()
    return ask


def names(results: Results) -> list[str]:
    return [hit.name.removeprefix("Lamp ") for hit in results.hits]


def index(made: Iterable[Product]) -> None:
    indexing.index([one.pk for one in made])


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"sort": "price"}, ["cedar", "birch", "alder"]),
        ({"sort": "-price"}, ["alder", "birch", "cedar"]),
        ({"sort": "price", "price_min": 30_00}, ["birch", "alder"]),
        ({"sort": "price", "price_max": 30_00}, ["cedar", "birch"]),
        ({"sort": "price", "price_min": 5_01, "price_max": 29_99}, []),
        ({"sort": "price", "text": "lamps"}, ["cedar", "birch", "alder"]),
        ({"text": "doum", "is_exact": True}, []),
        ({"sort": "price", "currency": "USD"}, ["alder", "birch", "cedar", "doum"]),
    ],
)
def test_found_sorted_and_filtered_by_its_prices(
    search: Search, shelf: dict[str, Product], asked: dict[str, Any], found: list[str]
) -> None:
    index(shelf.values())
    results = search(**asked)
    assert (names(results), results.total) == (found, len(found))


def test_facets_count_its_prices(search: Search, shelf: dict[str, Product]) -> None:
    index(shelf.values())
    results = search()
    [facet] = [one for one in results.facets if one.name == "price"]
    assert [(one.label, one.count) for one in facet.counts if one.count] == [
        ("Up to £24.99", 1), ("£25.00 – £49.99", 1), ("£50.00 – £99.99", 1)
    ]  # fmt: skip
    assert {hit.shown_currency for hit in results.hits} == {"GBP"}


def test_lists_follow_prices_and_the_currency(search: Search, shelf: dict[str, Product]) -> None:
    index(shelf.values())
    [variant] = shelf["cedar"].variants.all()
    prices.remove_price(price_id=variant.prices.get(currency="GBP").pk, by="test")
    set_price(shelf["doum"], 7_00)
    index(shelf.values())
    assert names(search(sort="price")) == ["doum", "birch", "alder"]

    currency("GBP", "0.8", is_converted=True)
    told = OutboxEvent.objects.filter(event_type="CurrencyChanged").latest("id")
    receivers.index_currency(told.data)
    receivers.index_currency(told.data)  # may run twice
    assert set(Listing.objects.values_list("currency", flat=True)) == {"USD"}
    assert indexing.drift() == (set(), set())

    currency("GBP", "0.8", is_converted=False)
    assert indexing.drift() == ({shelf[name].pk for name in ("alder", "birch", "doum")}, set())
    indexing.mend()
    assert indexing.drift() == (set(), set())
    assert names(search(sort="price")) == ["doum", "birch", "alder"]


def test_words_are_counted_once(shelf: dict[str, Product]) -> None:
    indexing.rebuild()
    assert Word.objects.get(word="lamp").count == 4
    assert Lexeme.objects.get(lexeme="").listings == 4
    assert indexing.index([one.pk for one in shelf.values()]) == 4


def test_pages_in_it_show_what_is_sold_in_it(shelf: dict[str, Product]) -> None:
    index(shelf.values())
    client = Client()
    client.cookies[currencies.COOKIE] = "GBP"
    note = "Only what has a price in GBP is shown."
    for path in ("/products/?sort=price", "/", "/products/?q=lamp", "/products/?price_min=1&sort=price"):
        html = client.get(path).content.decode()
        assert ["doum" in html, "£5.00" in html, note in html] == [False, True, path != "/"], path
    html = client.get("/search/suggest/?q=lamp").content.decode()
    assert ["doum" in html, "£5.00" in html] == [False, True]
    listed = client.get("/api/products/", {"currency": "GBP", "maxPrice": "30", "sort": "price"}).json()
    assert [(one["price"], one["currency"]) for one in listed["data"]] == [("5.00", "GBP"), ("30.00", "GBP")]
    assert (listed["total"], note in Client().get("/products/").content.decode()) == (2, False)
    nothing = client.get("/products/?q=zebra").content.decode()
    assert ["Lamp cedar" in nothing, "Lamp doum" in nothing] == [True, False]
