"""What a cart says that is not translated says its language, and nothing says more than that."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from cart.carts import selectors
from tests.factories import cart as carts
from tests.factories import catalog, translations

pytestmark = pytest.mark.django_db


def test_names_say_their_language(client: Client) -> None:
    stool, mug = carts.product(name="Oak stool"), carts.product(name="Round mug")
    translations.translated(mug, name="Runder Becher", indexed=False)
    for one in (stool, mug):
        client.post("/de/cart/add/", {"product": str(one.pk), "quantity": "1"})

    def names(page: str) -> list[tuple[str, str]]:
        text = client.get(page).content.decode()
        return sorted(re.findall(r'<bdi(?: lang="(\w+)")?>(Oak stool|Round mug|Runder Becher)</bdi>', text))

    assert names("/de/cart/") == [("", "Runder Becher"), ("en", "Oak stool")]
    assert names("/de/checkout/") == [("", "Runder Becher"), ("en", "Oak stool")]
    assert names("/cart/") == [("", "Oak stool"), ("", "Round mug")]


def test_each_option_runs_its_own_way(client: Client) -> None:
    made = catalog.ProductFactory(name="Laptop", options=["Colour", "Memory"])
    catalog.add_variant(made, options={"Colour": "Moss", "Memory": "16 GB"}, units=5)
    translations.words(Moss="Moosgrün", Memory="Speicher")
    client.post("/de/cart/add/", {"product": str(made.pk), "quantity": "1"})

    page = client.get("/de/cart/").content.decode()

    assert '<p class="small muted verbatim"><bdi>Moosgrün</bdi> · <bdi>16 GB</bdi></p>' in page


def test_the_view_of_a_line_has_its_language() -> None:
    cart = carts.cart((carts.product(name="Oak stool"), 1))
    [line] = selectors.view(cart, currency="USD", is_fresh=True).lines
    assert (line.name, line.lang) == ("Oak stool", "")
