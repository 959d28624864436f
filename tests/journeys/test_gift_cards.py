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


@pytest.mark.parametrize("viewport", [steps.DESK, steps.PHONE], ids=["wide", "narrow"])
def test_a_gift_card_is_bought_without_an_address(open_page, shop, shopper, viewport):
    page = open_page(viewport=viewport)
    to_details(page)
    assert axe.violations(page) == []
    enter(page, shopper)
    expect(page.locator("main")).not_to_contain_text("Deliver to")
    assert axe.violations(page) == []
    steps.pay(page)
    expect(page.get_by_test_id("order-confirmation")).to_be_visible(timeout=20_000)
    until_sent(page)
    expect(page.get_by_test_id("cancel-order-btn")).to_be_visible()
    assert axe.violations(page) == []


def test_a_gift_card_is_bought_without_an_address_or_javascript(admin, open_page, shop, shopper):
    code = issued(admin, "9000")
    page = open_page(java_script_enabled=False, viewport=steps.PHONE)
    to_details(page)
    enter(page, shopper)
    use(page, code)
    page.get_by_test_id("place-order-btn").click()
    until_sent(page)


def to_details(page: Page) -> None:
    """The first step of the checkout of a cart with nothing but a gift card."""
    page.goto("/products/gift-card/")
    page.get_by_test_id("add-to-cart-btn").click()
    expect(page.get_by_test_id("cart-count")).to_have_text("1")
    page.goto("/cart/")
    expect(page.get_by_test_id("cart-shipping")).to_have_text("Sent by e-mail")
    page.get_by_test_id("checkout-btn").click()
    expect(page.get_by_test_id("by-email")).to_be_visible()
    expect(page.get_by_test_id("address-input")).to_have_count(0)
    expect(page.get_by_test_id("delivery-option")).to_have_count(0)


def enter(page: Page, email: str) -> None:
    page.get_by_test_id("email-input").fill(email)
    page.get_by_test_id("first-name-input").fill("Ada")
    page.get_by_test_id("last-name-input").fill("Lovelace")
    page.get_by_test_id("continue-to-payment-btn").click()
    expect(page.get_by_test_id("payment-form")).to_be_visible()


def until_sent(page: Page) -> None:
    for _look in range(15):  # workers send it
        status = page.get_by_test_id("order-status")
        if status.count() and status.inner_text() == "Delivered":
            break
        page.wait_for_timeout(1000)
        page.reload()
    expect(page.get_by_test_id("order-status")).to_have_text("Delivered")
    expect(page.locator("main")).to_contain_text("Everything was sent by e-mail")
