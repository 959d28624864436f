"""Shoppers go on while an answer is on its way: what they did meanwhile counts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps

LATENCY = 700  # ms that each answer takes longer


@pytest.fixture
def page(open_page) -> Page:
    return open_page()


def slow_down(page: Page) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    slow = {"offline": False, "latency": LATENCY, "downloadThroughput": -1, "uploadThroughput": -1}
    session.send("Network.emulateNetworkConditions", slow)


def to_cart(page: Page) -> None:
    steps.find(page, "laptop")
    steps.open_first(page)
    steps.add_to_cart(page)
    page.goto("/cart/")
    expect(page.get_by_test_id("cart-page")).to_be_visible()


def test_delivery_that_is_chosen_while_the_address_is_looked_at_is_in_the_sum(page):
    to_cart(page)
    page.get_by_test_id("checkout-btn").click()
    page.get_by_test_id("state-select").select_option("CA")
    page.get_by_test_id("zip-input").fill("94607")
    page.keyboard.press("Tab")
    expect(page.locator("#summary")).to_contain_text("California")
    page.wait_for_load_state("networkidle")

    slow_down(page)
    page.get_by_test_id("zip-input").fill("94608")
    page.keyboard.press("Tab")
    page.wait_for_timeout(LATENCY / 3)
    other = page.locator("label.option").nth(1)
    price = re.search(r"\$[\d.,]+", other.inner_text())
    other.click()

    expect(page.locator("#summary")).to_contain_text(price[0] if price else "no price")
    expect(page.get_by_test_id("delivery-option").nth(1)).to_be_checked()
    expect(page.get_by_test_id("zip-input")).to_have_value("94608")


def test_a_number_that_is_changed_again_meanwhile_is_what_counts(page):
    to_cart(page)
    quantity = page.get_by_test_id("cart-quantity")
    more = page.get_by_role("button", name=re.compile("^[+] Quantity"))
    expect(more).to_be_enabled()

    slow_down(page)
    more.click()
    page.wait_for_timeout(LATENCY)  # it is on its way, and the answer too
    more.click()
    more.click()

    expect(page.get_by_test_id("cart-count")).to_have_text("4")
    expect(quantity).to_have_value("4")


def test_a_total_that_changed_is_told_on_a_page_that_can_be_come_back_to(page, shop, shopper):
    """Not on the answer to a form, of which the browser says that it has to be sent again."""
    steps.to_payment(page, shop, shopper)
    other = page.context.new_page()
    other.goto("/products/")
    other.get_by_test_id("quick-add").first.click()
    expect(other.get_by_test_id("cart-count")).to_have_text("2")
    other.close()

    steps.pay(page)
    expect(page.get_by_test_id("price-changed")).to_be_visible()
    assert page.url.endswith("/checkout/payment/")
    steps.pay(page)
    steps.confirmed(page)
    page.go_back()

    expect(page.locator("h1")).to_be_visible()
    assert "/checkout/place" not in page.url
