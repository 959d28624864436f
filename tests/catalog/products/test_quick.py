"""Buying from a card: at once where there is nothing to choose, else from a sheet with the choices."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.template import Context, Template
from django.test import Client

from catalog.products import cards
from catalog.products.models import Product
from catalog.search import indexing
from tests.factories import catalog, customizations

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


def drawn(card: Any) -> str:
    return Template('{% load parts %}{% part "card" card=card currency="USD" %}').render(Context({"card": card}))


def listed(client: Client) -> str:
    return client.get("/products/").content.decode()


def test_one_without_a_choice_is_put_into_the_cart_by_a_button(client: Client) -> None:
    made = catalog.product(name="Mug", slug="mug")

    for text in (listed(client), drawn(cards.cards([made.pk], currency="USD")[0])):
        form = re.search(r'<form class="card__add" method="post" action="([^"]+)".*?</form>', text, re.DOTALL)
        assert form
        assert f'name="product" value="{made.pk}"' in form[0]
        assert 'aria-label="Add to cart: Mug"' in form[0]
    client.post(form[1], {"product": made.pk})
    assert client.get("/cart/").context["cart"].unit_count == 1


def test_one_with_a_choice_leads_to_its_page(client: Client) -> None:
    made = catalog.product(name="Mug", slug="mug", options=["Colour"])
    catalog.add_variant(made, options={"Colour": "Moss"})
    indexing.index([made.pk])

    text = listed(client)
    assert '<a class="card__add card__button" href="/products/mug/" data-options' in text
    assert "quick-add" not in text


def test_one_that_asks_something_is_not_added_at_once(client: Client) -> None:
    made = catalog.product(name="Mug", slug="mug")
    customizations.engraving(made)
    indexing.index([made.pk])

    assert "quick-add" not in listed(client)
    assert not cards.cards([made.pk], currency="USD")[0].is_quick


def test_what_is_sold_out_has_no_button(client: Client) -> None:
    catalog.product(name="Mug", slug="mug", units=0)

    assert "card__add" not in listed(client)


@pytest.fixture
def tee() -> Product:
    made = catalog.ProductFactory(name="Tee", slug="tee", options=["Size"])
    for size, units in (("S", 0), ("M", 5)):
        catalog.add_variant(made, sku=f"T-{size}", options={"Size": size}, units=units)
    return made


def test_the_sheet_has_the_choices_and_changes_by_itself(client: Client, tee: Product) -> None:
    text = client.get("/products/tee/options/", headers=HTMX).content.decode()

    assert 'id="quick"' in text
    assert 'hx-get="/products/tee/options/"' in text
    assert 'hx-target="#quick"' in text
    assert "gallery" not in text
    changed = client.get("/products/tee/options/?option.size=S&changed=size", headers=HTMX)
    assert changed.context["variant"].sku == "T-S"
    assert "HX-Replace-Url" not in changed
    assert "Sold out" in changed.content.decode()


def test_opened_as_a_page_it_is_the_products_own(client: Client, tee: Product) -> None:
    answer = client.get("/products/tee/options/")

    assert (answer.status_code, answer["Location"]) == (302, "/products/tee/")
    assert client.get("/products/none/options/").status_code == 404
