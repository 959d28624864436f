"""What is bought together goes into the cart at once; what cannot is said."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client

from cart.carts.models import CartLine
from catalog.products.models import Product
from tests.factories import cart as carts
from tests.factories import catalog

pytestmark = pytest.mark.django_db

URL = "/cart/add-all/"


@pytest.fixture
def mug() -> Product:
    return carts.product(name="Mug", slug="mug")


@pytest.fixture
def bowl() -> Product:
    return carts.product(name="Bowl", slug="bowl")


def in_cart() -> dict[str, int]:
    return dict(CartLine.objects.values_list("name", "quantity"))


def test_all_of_them_go_in(mug: Product, bowl: Product) -> None:
    answer = Client().post(URL, {"product": [mug.pk, bowl.pk]}, headers={"HX-Request": "true"})

    text = answer.content.decode()
    assert in_cart() == {"Mug": 1, "Bowl": 1}
    assert 'data-testid="cart-notification"' in text
    assert "2 products are in your cart now." in text
    assert 'id="cart-count" class="badge" data-testid="cart-count" data-count="2" hx-swap-oob="true"' in text
    assert "cart" in answer.cookies


def test_the_first_one_is_the_variant_that_was_chosen(mug: Product, bowl: Product) -> None:
    other = catalog.add_variant(mug, sku="MUG-2", options={"Colour": "Moss"})

    Client().post(URL, {"product": [mug.pk, bowl.pk], "variant": other.pk})

    assert other.pk in set(CartLine.objects.values_list("variant_id", flat=True))


def test_what_is_sold_out_is_said_and_the_others_go_in(mug: Product) -> None:
    gone = carts.product(name="Plate", slug="plate", units=0)

    answer = Client().post(URL, {"product": [mug.pk, gone.pk, uuid4(), "x"]}, headers={"HX-Request": "true"})

    text = answer.content.decode()
    assert in_cart() == {"Mug": 1}
    assert "Plate: This product is sold out." in text
    assert "This product does not exist." in text
    assert "1 product is in your cart now." in text


def test_without_script_the_cart_says_it(mug: Product, bowl: Product) -> None:
    answer = Client().post(URL, {"product": [mug.pk, bowl.pk]}, follow=True)

    assert answer.redirect_chain == [("/cart/", 303)]
    assert "2 products are in your cart now." in answer.content.decode()


def test_no_more_than_six_and_none_twice(mug: Product) -> None:
    Client().post(URL, {"product": [mug.pk] * 3})
    assert in_cart() == {"Mug": 1}

    several = [carts.product(name=f"Cup {n}", slug=f"cup-{n}").pk for n in range(7)]
    Client().post(URL, {"product": several})
    assert set(in_cart()) == {"Mug", *(f"Cup {n}" for n in range(6))}


def test_no_other_site_may_do_it(mug: Product) -> None:
    answer = Client().post(URL, {"product": [mug.pk]}, headers={"Sec-Fetch-Site": "cross-site"})

    assert (answer.status_code, in_cart()) == (403, {})
