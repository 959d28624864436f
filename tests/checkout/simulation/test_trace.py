"""Why this price: every promotion that was tried, on the cart's page and on the order's."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from cart.carts.models import Cart
from cart.promotions import trace
from checkout.orders.models import Order
from shop.core.money import Money
from tests.factories import cart as carts
from tests.factories import promotions
from tests.factories.accounts import StaffFactory

pytestmark = pytest.mark.django_db


def test_an_order_keeps_what_was_tried_and_both_pages_say_it(settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = False
    carts.rates()
    lamp = carts.product(amount=30_00)
    ten = promotions.promotion(name="Ten percent")
    big = promotions.promotion(name="Big", priority=200, conditions={"minimum": {"USD": 100_00}})
    coupon = carts.coupon("SAVE10", percent=50, minimum=50_00)
    made = carts.cart((lamp, 1))
    Cart.objects.filter(pk=made.pk).update(coupons=["SAVE10"])
    made.refresh_from_db()
    client = Client()
    client.force_login(StaffFactory(is_superuser=True))
    page = client.get(f"/admin/cart/cart/{made.pk}/change/").content.decode()
    assert [text in page for text in ("$30.00", "a guest", "&quot;SAVE10&quot;", "3000")] == [True, True, False, False]

    order = Order.objects.get(pk=carts.order(made).pk)

    expected = [
        {"id": str(ten.pk), "name": "Ten percent", "lane": "order", "worth": 3_00},
        {
            "id": str(coupon.promotion_id), "name": "10 % off", "lane": "order", "code": "SAVE10", "why": "minimum",
            "missing": 20_00,
        },
        {"id": str(big.pk), "name": "Big", "lane": "order", "why": "minimum", "missing": 70_00},
    ]  # fmt: skip
    assert sorted(order.promotions_tried, key=lambda row: row["id"]) == sorted(expected, key=lambda row: row["id"])
    assert [one.promotion_id for one in trace.told(order.promotions_tried, "USD")][-1] == str(big.pk)
    shown = client.get(f"/admin/checkout/order/{order.pk}/change/").content.decode()
    for text in (page, shown):
        assert text.count("−$3.00") == 1
        assert "below its minimum: $20.00 more wanted" in text
        assert "below its minimum: $70.00 more wanted" in text
        assert f"/admin/cart/promotion/{big.pk}/change/" in text


def test_in_words() -> None:
    rows = [
        {"id": "a", "name": "A", "lane": "line", "why": "quantity", "missing": 1},
        {"id": "b", "name": "B", "lane": "line", "why": "quantity", "missing": 3},
        {"id": "c", "name": "C", "lane": "shipping", "worth": 500},
        {"id": "d", "name": "D", "lane": "line", "why": "of_tomorrow"},
    ]

    found = trace.told(rows, "USD")

    assert [one.reason for one in found] == [
        "too few units: 1 more wanted",
        "too few units: 3 more wanted",
        "",
        "of_tomorrow",
    ]
    assert [one.amount for one in found] == [None, None, Money(500, "USD"), None]
