"""What open pages ask for: the same facts as on the page, for next to nothing, and less often under load."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache as store
from django.test import Client

from catalog.products import page as product_pages
from catalog.products import prices, services
from catalog.products.models import Product
from inventory.stock import services as stock
from shop.core import cache, kept
from shop.core.money import Money
from shop.resilience import switches
from tests.factories import catalog
from tests.outbox import drain

pytestmark = pytest.mark.django_db

LIVE = "/products/lamp/live/"


@pytest.fixture(autouse=True)
def _kept(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.KEEP_PAGES = True
    monkeypatch.setattr(kept, "TRUSTED", 0)
    yield
    kept.memory.clear()
    switches.restore("live")


@pytest.fixture
def lamp() -> Product:
    return catalog.product(
        name="Lamp", slug="lamp", sku="LAMP", amount=1000, units=20, category=catalog.category("Light")
    )


def count(lamp: Product, units: int) -> None:
    variant = lamp.variants.get()
    stock.set_on_hand(levels={variant.pk: units}, skus={variant.pk: variant.sku}, reason="count", by="test")
    cache.AVAILABILITY.delete(variant.pk)  # on commit, which this test never does
    drain()


def facts_on_page(path: str = "/products/lamp/") -> dict[str, str]:
    found = re.search(r'data-live-facts="([^"]*)"', Client().get(path).content.decode())
    assert found
    return dict(json.loads(unescape(found[1])))


def test_the_page_has_the_facts_that_it_asks_for(lamp: Product) -> None:
    on_page = facts_on_page()

    assert Client().get(f"{LIVE}?variant=LAMP").json() == on_page
    assert (on_page["price"], on_page["stock"], on_page["state"]) == ("$10.00", "In stock", "in_stock")


@pytest.mark.parametrize(("units", "words", "state"), [(3, "Only 3 left", "low"), (0, "Sold out", "out")])
def test_a_stock_that_changes_is_told(lamp: Product, units: int, words: str, state: str) -> None:
    before = Client().get(LIVE).json()

    count(lamp, units)

    now = Client().get(LIVE).json()
    assert (now["stock"], now["state"], now["price"]) == (words, state, before["price"])
    assert now == facts_on_page()


def test_a_price_that_changes_is_told(lamp: Product) -> None:
    Client().get(LIVE)

    prices.set_price(variant_id=lamp.variants.get().pk, amount=Money(1234, "USD"), by="test")
    drain()

    assert Client().get(LIVE).json()["price"] == "$12.34"


def test_another_variant_that_is_sold_out_changes_the_facts(lamp: Product) -> None:
    other = catalog.add_variant(lamp, sku="LAMP-2", units=4)
    before = Client().get(f"{LIVE}?variant=LAMP").json()

    stock.set_on_hand(levels={other.pk: 0}, skus={other.pk: other.sku}, reason="count", by="test")
    cache.AVAILABILITY.delete(other.pk)
    drain()

    now = Client().get(f"{LIVE}?variant=LAMP").json()
    assert {key for key in now if now[key] != before[key]} == {"others"}


def test_asked_again_it_is_not_modified_without_a_query(lamp: Product, counting: Any) -> None:
    etag = Client().get(LIVE)["ETag"]
    with counting() as queries:
        again = Client().get(LIVE, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, queries()) == (304, b"", 0)

    count(lamp, 2)

    assert Client().get(LIVE, headers={"If-None-Match": etag}).status_code == 200


def test_made_anew_it_takes_no_more_queries_than_the_page(lamp: Product, counting: Any) -> None:
    Client().get("/products/lamp/")  # what the process asks for once
    store.delete_pattern("pages*")
    kept.memory.clear()
    with counting() as queries:
        assert Client().get(LIVE).status_code == 200
    assert 0 < queries() <= 8


def test_under_load_pages_are_told_to_ask_later(lamp: Product, monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get(LIVE).status_code == 200  # and kept

    switches.shed("live")
    asked: list[Any] = []
    monkeypatch.setattr(product_pages, "product_page", lambda **facts: asked.append(facts))
    answer = Client().get(LIVE)

    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"], asked) == (503, "300", "no-store", [])
    monkeypatch.undo()
    switches.restore("live")
    assert Client().get(LIVE).status_code == 200


def test_nothing_is_asked_where_there_is_nothing_to_ask(lamp: Product, settings: Any) -> None:
    assert Client().get("/products/lamb/live/").status_code == 404
    settings.LIVE_SECONDS, settings.KEEP_PAGES = 0, False
    assert "data-live-url" not in Client().get("/products/lamp/").content.decode()
    settings.LIVE_SECONDS = 20
    services.archive(product_id=lamp.pk, by="test")
    assert "data-live-url" not in Client().get("/products/lamp/").content.decode()


def test_an_open_page_takes_its_part_anew_and_keeps_its_address(lamp: Product) -> None:
    part = Client().get("/products/lamp/?variant=LAMP", headers={"HX-Request": "true", "HX-Target": "buy"})

    assert 'id="buy"' in part.content.decode()
    assert "HX-Replace-Url" not in part
