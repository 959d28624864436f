"""Gift cards: the merchant issues one, shoppers pay with it, with and without JavaScript; axe finds nothing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import axe, merchant, steps


def issued(admin: Page, amount: str) -> str:
    """The code of a new card, which the merchant sees once."""
    admin.goto("/admin/checkout/giftcard/")
    merchant.follow(admin, "Issue a gift card")
    admin.get_by_label("Amount").fill(amount)
    admin.get_by_label("Reason").fill("A thank-you")
    merchant.press(admin, "Save")
    return admin.get_by_test_id("gift-card-code").inner_text().strip()


def use(page: Page, code: str) -> None:
    page.get_by_text("Use a gift card").click()
    page.get_by_test_id("gift-card-input").fill(code)
    page.get_by_test_id("gift-card-apply-btn").click()
    expect(page.get_by_test_id("gift-card")).to_contain_text(f"ending in {code[-4:].upper()}")


@pytest.mark.parametrize("viewport", [steps.DESK, steps.PHONE], ids=["wide", "narrow"])
def test_a_part_is_paid_with_a_gift_card(admin, open_page, shop, shopper, viewport):
    code = issued(admin, "12.34")
    page = open_page(viewport=viewport)
    steps.to_payment(page, shop, shopper)
    use(page, code.lower().replace("-", " "))
    expect(page.get_by_test_id("gift-card")).to_contain_text("Pays $12.34 of the $12.34 on it")
    assert axe.violations(page) == []
    steps.pay(page)
    steps.confirmed(page)
    page.goto("/gift-cards/")
    page.get_by_test_id("gift-card-input").fill(code)
    page.get_by_role("button", name="See the balance").click()
    expect(page.get_by_test_id("gift-card-balance")).to_contain_text("$0.00")
    assert axe.violations(page) == []


def test_everything_is_paid_with_a_gift_card_without_javascript(admin, open_page, shop, shopper):
    code = issued(admin, "9000")
    page = open_page(java_script_enabled=False, viewport=steps.PHONE)
    steps.to_payment(page, shop, shopper)
    use(page, code)
    assert axe.violations(page, has_script=False) == []
    expect(page.get_by_test_id("place-order-btn")).to_have_text(re.compile(r"Pay \$[\d.,]+ with gift card"))
    page.get_by_test_id("place-order-btn").click()
    for _look in range(10):  # the page asks the shopper to look again
        if page.get_by_test_id("order-confirmation").count():
            break
        page.wait_for_timeout(1500)
        page.reload()
    steps.confirmed(page)
