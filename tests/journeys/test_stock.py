"""The last units go to somebody else while a shopper is at the checkout."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys import steps


def test_sold_out_during_the_checkout(page, shop, shopper):
    product_id = steps.to_payment(page, shop, shopper, words="teapot")
    shop.set_stock(product_id, 0)
    try:
        before = len(shop.sandbox()["payment_intent"])
        steps.pay(page)
        expect(steps.error_of(page, "inventory-error")).to_contain_text("no longer available")
        assert shop.orders_of(shopper) == []
        assert len(shop.sandbox()["payment_intent"]) == before
    finally:
        shop.set_stock(product_id, 20)


def test_only_staff_set_stock(shop):
    _status, listed = shop.api("GET", "products/?limit=1")
    product = listed["data"][0]["id"]
    assert shop.api("PUT", f"products/{product}/inventory", {"quantity": 0})[0] == 401
    assert shop.api("PUT", f"products/{product}/inventory", {"quantity": 0}, "no-such-token")[0] == 401
