"""What the cart's page says once, and what it folds away."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from tests.factories import cart as carts
from tests.factories import catalog

pytestmark = pytest.mark.django_db


def _words(text: str) -> str:
    main = text.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


@pytest.mark.parametrize("path", ["/cart/", "/checkout/", "/checkout/payment/"])
def test_an_empty_cart_says_so_once(path: str) -> None:
    text = _words(Client().get(path, follow=True).content.decode())

    assert [text.count(one) for one in ("Nothing in it yet", "Your cart is empty")] == [1, 0]


@pytest.fixture
def shopper() -> Client:
    carts.rates()
    browser = Client()
    browser.cookies["cart"] = carts.cart((catalog.product(amount=2500), 1)).token
    return browser


def _is_open(text: str) -> bool:
    [found] = re.findall(r'<details class="more"( open)?>\s*<summary>Add a discount code', text)
    return bool(found)


def test_the_field_for_a_code_is_found_by_its_name_alone(shopper: Client) -> None:
    assert _is_open(shopper.get("/cart/").content.decode())


@pytest.mark.parametrize("code", ["NO-SUCH-CODE", "", "x" * 50])
@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_a_code_that_is_not_taken_keeps_it_open(shopper: Client, code: str, headers: dict[str, str]) -> None:
    text = shopper.post("/cart/coupon/", {"code": code}, headers=headers).content.decode()

    assert _is_open(text)
    assert 'id="coupon_error"' in text


def test_a_code_that_is_taken_is_shown(shopper: Client) -> None:
    carts.coupon(code="SAVE10")
    shopper.post("/cart/coupon/", {"code": "SAVE10"})
    text = shopper.get("/cart/").content.decode()

    assert 'id="coupon-SAVE10"' in text
