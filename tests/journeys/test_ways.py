"""Other ways through the shop: on a phone, and with the keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys import steps


def tab_to(page: Page, testid: str) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('[data-testid]')?.dataset.testid") == testid:
            return
    raise AssertionError(f"{testid} cannot be reached with the Tab key")


def test_a_guest_buys_on_a_phone(open_page, shopper):
    page = open_page(viewport=steps.PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
    steps.buy(page, shopper)


def test_the_keyboard_alone_fills_the_cart(page):
    page.goto("/")
    tab_to(page, "search-input")
    page.keyboard.type("laptop")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("product-grid")).to_be_visible()
    tab_to(page, "product-card")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("product-details")).to_be_visible()
    tab_to(page, "add-to-cart-btn")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("cart-notification")).to_be_visible()
    expect(page.get_by_test_id("cart-count")).to_have_text("1")
