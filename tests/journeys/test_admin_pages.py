"""The merchant's screens of prices: axe finds nothing, and they are there without JavaScript."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys import axe

SCREENS = [
    "cart/promotion/", "cart/promotion/add/", "cart/taxrate/", "cart/taxrate/add/", "cart/shippingmethod/add/",
    "cart/shippingzone/add/", "checkout/simulation/", "checkout/simulation/add/", "catalog/product/",
    "catalog/product/add/", "catalog/category/add/", "catalog/producttype/add/", "catalog/variant/", "checkout/order/",
    "checkout/draft/", "checkout/paymentroute/",
]  # fmt: skip


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing_on_the_screens_of_prices(admin: Any, screen: str) -> None:
    admin.goto(f"/admin/{screen}")
    expect(admin.locator("main#main")).to_be_visible()
    assert axe.violations(admin) == []


def test_a_promotion_is_made_without_javascript(open_admin: Any) -> None:
    page = open_admin(java_script_enabled=False)
    page.goto("/admin/cart/promotion/add/")
    expect(page.locator("#id_name")).to_be_visible()
    page.locator("#id_name").fill("Plain ten")
    page.locator("#id_percent").fill("10")
    page.locator("button[name=_save], input[name=_save]").first.click()
    expect(page.get_by_text("was added successfully")).to_be_visible()
