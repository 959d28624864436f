"""What an open cart asks for: a mark that changes with what it shows, looked up without a query."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from cart.carts import access
from catalog.products import prices
from catalog.products import services as products
from catalog.products.models import Product
from shop.core.money import Money
from shop.resilience import switches
from tests.factories import cart as carts
from tests.outbox import drain

pytestmark = pytest.mark.django_db


@pytest.fixture
def mug() -> Product:
    return carts.product(name="Mug", slug="mug")


@pytest.fixture
def visitor(mug: Product) -> Client:
    client = Client()
    client.post("/cart/add/", {"product": mug.pk})
    return client


def asked(visitor: Client) -> tuple[str, dict[str, str]]:
    text = visitor.get("/cart/").content.decode()
    url, facts = re.search(r'data-live-url="([^"]*)"', text), re.search(r'data-live-facts="([^"]*)"', text)
    assert url
    assert facts
    return unescape(url[1]), json.loads(unescape(facts[1]))


def test_the_mark_is_the_one_on_the_page_until_a_price_changes(visitor: Client, mug: Product) -> None:
    url, facts = asked(visitor)
    assert url == "/cart/live/?product=mug"
    assert Client().get(url).json() == facts

    prices.set_price(variant_id=mug.variants.get().pk, amount=Money(1234, "USD"), by="test")
    drain()

    assert Client().get(url).json() != facts


def test_other_products_do_not_matter(visitor: Client) -> None:
    other = carts.product(name="Bowl", slug="bowl")
    drain()
    url, facts = asked(visitor)

    prices.set_price(variant_id=other.variants.get().pk, amount=Money(1234, "USD"), by="test")
    drain()

    assert Client().get(url).json() == facts


def test_it_takes_no_query_and_is_not_sent_twice(visitor: Client, counting: Any) -> None:
    url, _facts = asked(visitor)
    with counting() as queries:
        first = visitor.get(url)
        again = visitor.get(url, headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, again.content, queries()) == (200, 304, b"", 0)
    assert (first["Cache-Control"], "Cookie" in first.get("Vary", "")) == ("no-cache", False)


def test_it_is_shed_with_the_pages(visitor: Client) -> None:
    url, _facts = asked(visitor)
    switches.shed("live")
    try:
        answer = Client().get(url)
    finally:
        switches.restore("live")

    assert (answer.status_code, answer["Retry-After"]) == (503, "300")


def test_what_is_no_longer_sold_is_shown_and_not_asked_for(visitor: Client, mug: Product) -> None:
    lamp = carts.product(name="Lamp", slug="lamp")
    visitor.post("/cart/add/", {"product": lamp.pk})
    before = asked(visitor)
    products.update(product_id=mug.pk, status="draft", by="test")
    drain()

    page = visitor.get("/cart/")
    assert page.status_code == 200
    assert "No longer for sale; it is not part of your order." in page.content.decode()
    assert asked(visitor)[0] == "/cart/live/?product=lamp"
    assert visitor.get(before[0]).json() != before[1]  # a page that was open hears of it

    products.archive(product_id=lamp.pk, by="test")
    page = visitor.get("/cart/")
    assert (page.status_code, page.context["live"]) == (200, None)


def test_an_empty_cart_asks_nothing() -> None:
    assert "data-live-url" not in Client().get("/cart/").content.decode()
    assert access.COOKIE not in Client().get("/cart/live/").cookies
