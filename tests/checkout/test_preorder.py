"""Units that are sold before they are there: said on every page, in the API and in the mails, and kept by the order."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from catalog.products.models import Product
from catalog.search import indexing
from catalog.search.models import Listing
from checkout.orders.models import Order, OrderLine
from inventory.stock import services as stock
from inventory.stock.models import StockItem
from shop.accounts.models import User
from shop.core import cache
from tests import outbox
from tests.factories import cart as carts

SHIPS = date(2027, 3, 12)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rates() -> None:
    carts.rates()


def before_it_is_there(*, units: int = 0, is_preorder: bool = True, expected_on: date | None = SHIPS) -> Product:
    """A product with so many units on hand, of which 5 more are sold."""
    made = carts.product(units=units)
    item = StockItem.objects.get(variant_id=carts.variant_of(made).pk)
    stock.set_limits(
        stock_item_id=item.pk, low_stock_threshold=0, backorder_limit=5, is_preorder=is_preorder,
        expected_on=expected_on, by="staff:1",
    )  # fmt: skip
    cache.AVAILABILITY.delete(item.variant_id)
    return made


def page(client: Client, made: Product) -> str:
    return client.get(made.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("how", "text", "button", "schema"),
    [
        ({}, "Pre-order: ships March 12, 2027", "Pre-order", "PreOrder"),
        ({"expected_on": None}, "Pre-order", "Pre-order", "PreOrder"),
        ({"is_preorder": False}, "On backorder: expected by March 12, 2027", "Add to cart", "BackOrder"),
        ({"is_preorder": False, "expected_on": None}, "On backorder", "Add to cart", "BackOrder"),
        ({"units": 20}, "In stock", "Add to cart", "InStock"),
        ({"units": 4}, "4 in stock, more can be pre-ordered", "Add to cart", "InStock"),
        ({"units": 4, "is_preorder": False}, "4 in stock, more on backorder", "Add to cart", "InStock"),
    ],
)
def test_the_product_page_says_what_one_unit_would_be(
    client: Client, how: dict[str, Any], text: str, button: str, schema: str
) -> None:
    shown = page(client, before_it_is_there(**how))
    assert f'data-testid="stock-status">{text}</p>' in shown
    assert f'data-testid="add-to-cart-btn" data-add>{button}</button>' in shown
    assert f'"availability": "https://schema.org/{schema}"' in shown


def test_the_list_of_products_counts_what_is_on_hand(client: Client, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    client.force_login(User.objects.create_superuser("merchant@example.com", "a long password"))
    before_it_is_there(units=4)
    shown = client.get(reverse("admin:catalog_product_changelist"))
    assert [row.units for row in shown.context["cl"].result_list] == [4]


def test_the_api_says_so_of_each_variant(client: Client) -> None:
    made = before_it_is_there()
    (variant,) = client.get(reverse("api_product", args=[made.pk])).json()["variants"]
    assert {key: variant[key] for key in ("available", "availability", "expectedOn")} == {
        "available": 5, "availability": "preorder", "expectedOn": "2027-03-12",
    }  # fmt: skip


def test_lists_take_it_for_buyable() -> None:
    made = before_it_is_there()
    indexing.index([made.pk])
    assert Listing.objects.get(product_id=made.pk).is_in_stock is True


def test_cart_and_checkout_say_so_of_the_units_in_the_line(client: Client) -> None:
    made = before_it_is_there(units=2)
    add = {"product": str(made.pk), "quantity": "2"}
    client.post(reverse("cart_add"), add)
    notice = "2 in stock, 1 on pre-order: ships March 12, 2027"
    assert "on pre-order" not in client.get(reverse("cart")).content.decode()
    client.post(reverse("cart_add"), {**add, "quantity": "1"})
    assert f'<p class="line__notice">{notice}</p>' in client.get(reverse("cart")).content.decode()
    assert f'<span class="muted">{notice}</span>' in client.get(reverse("checkout")).content.decode()
    (item,) = client.get("/api/cart").json()["items"]
    assert {key: item[key] for key in ("available", "availability", "expectedOn", "messages")} == {
        "available": 7, "availability": "preorder", "expectedOn": "2027-03-12", "messages": [],
    }  # fmt: skip


def test_the_order_keeps_the_date_that_it_was_promised(client: Client) -> None:
    late, there = before_it_is_there(), carts.product(units=9)
    order: Order = carts.order(carts.cart((late, 1), (there, 1)))
    item = StockItem.objects.get(variant_id=carts.variant_of(late).pk)
    stock.set_limits(
        stock_item_id=item.pk, low_stock_threshold=0, backorder_limit=5, expected_on=date(2028, 1, 1), by="staff:1"
    )
    kept = {line.product_id: line.expected_on for line in OrderLine.objects.filter(order=order)}
    assert kept == {late.pk: SHIPS, there.pk: None}
    shown = client.get(reverse("order", args=[order.number]) + f"?key={order.access_key}").content.decode()
    assert shown.count("Expected to ship: March 12, 2027") == 1
    outbox.drain()
    (placed,) = [one for one in mail.outbox if order.number in one.subject]
    assert placed.body.count("Expected to ship: March 12, 2027") == 1
    answer = client.get(f"/api/orders/{order.number}", headers={"X-Order-Token": order.access_key})
    assert [one["expectedOn"] for one in answer.json()["items"]] == ["2027-03-12", None], json.dumps(answer.json())


def test_who_gets_what_is_on_hand_is_promised_no_date() -> None:
    made = before_it_is_there(units=1)
    first, second = (carts.order(carts.cart((made, 1))) for _ in range(2))
    assert [OrderLine.objects.get(order=one).expected_on for one in (first, second)] == [None, SHIPS]
