"""Ordering the same again."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from cart.carts import ownership
from cart.carts.models import CartLine
from catalog.products.models import Product
from checkout.changes import services as changes
from checkout.desk import services
from checkout.orders import access
from inventory.stock import services as stock
from inventory.stock.models import StockItem
from tests.factories import cart as carts
from tests.factories import changes as changed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _rates() -> None:
    carts.rates()


def sold_out(product: Product, left: int = 0) -> None:
    item = StockItem.objects.get(variant_id=carts.variant_of(product).pk)
    on_hand = item.reserved + item.allocated + left
    stock.recount(stock_item_id=item.pk, on_hand=on_hand, reason="recount", by="staff:1")


def test_what_is_sold_goes_into_the_cart_and_the_rest_is_told() -> None:
    lamp, mug, chair, desk = (carts.product(name=name) for name in ("Lamp", "Mug", "Chair", "Desk"))
    order = carts.order(carts.cart((lamp, 2), (mug, 1), (chair, 3), (desk, 1)))
    Product.objects.filter(pk=mug.pk).update(status="archived", archived_at=timezone.now())
    sold_out(chair, left=2)
    sold_out(desk)
    cart = ownership.begin(None)
    done = services.reorder(order=order, cart=cart, by="guest")
    assert sorted(CartLine.objects.filter(cart=cart).values_list("name", "quantity")) == [("Chair", 2), ("Lamp", 2)]
    assert done.units == 4
    assert sorted(done.missing) == [
        "Chair: Only 2 available.",
        "Desk: This product is sold out.",
        "Mug: This product is not for sale at the moment.",
    ]


def test_what_is_in_the_cart_already_counts() -> None:
    lamp = carts.product(name="Lamp", units=10)
    order = carts.order(carts.cart((lamp, 3)))
    sold_out(lamp, left=4)
    cart = carts.cart((lamp, 2))
    done = services.reorder(order=order, cart=cart, by="guest")
    assert (done.units, CartLine.objects.get(cart=cart).quantity) == (2, 4)
    assert done.missing == ("Lamp: Only 4 available. You have 2 in your cart already.",)


def test_a_guest_finds_the_items_in_a_cart_that_lasts(client) -> None:  # type: ignore[no-untyped-def]
    order = carts.order(carts.cart((carts.product(name="Lamp"), 2)))
    client.get(access.url(order))
    answer = client.post(reverse("order_reorder", args=[order.number]))
    assert (answer.status_code, answer["Location"]) == (303, "/cart/")
    html = client.get("/cart/").content.decode()
    assert "2 items are in your cart again." in html
    assert "Lamp" in html


def test_two_lines_of_one_variant_share_what_is_there(shop_sandbox) -> None:  # type: ignore[no-untyped-def]
    product = carts.product(units=7)
    order = changed.bought((product, 2))
    added = {order.lines.get().variant_id: 2}
    changes.edit(order_id=order.pk, seen_revision=order.revision, added=added, reason="more", by="staff:1")
    order, cart = changed.now(order), carts.cart()
    done = services.reorder(order=order, cart=cart, by="guest")
    assert (order.lines.count(), done.units, len(done.missing)) == (2, 3, 1)
    assert [line.quantity for line in CartLine.objects.filter(cart=cart)] == [3]


def test_others_reorder_nothing(client) -> None:  # type: ignore[no-untyped-def]
    order = carts.order(carts.cart((carts.product(), 1)))
    assert client.post(reverse("order_reorder", args=[order.number])).status_code == 404
    assert client.get(reverse("order_reorder", args=[order.number])).status_code == 405
