"""Other ways through the shop: on a phone, with the keyboard alone, and without JavaScript."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.journeys import axe, steps

# What has the keyboard can be seen, and is seen to have it: by an outline of its own or of what it stands in.
SEEN = """() => {
    const one = document.activeElement, box = one.getBoundingClientRect();
    const named = one.closest("[data-testid]")?.dataset.testid ?? one.outerHTML.slice(0, 100);
    if (one === document.body || one.id === "main") return "";
    if (box.bottom <= 0 || box.top >= innerHeight || !box.width || !box.height) return `${named} is out of sight`;
    for (let around = one, up = 0; around && up < 4; around = around.parentElement, up += 1) {
        const style = getComputedStyle(around);
        if (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) return "";
    }
    return `${named} does not show that it has the keyboard`;
}"""


def tab_to(page: Page, testid: str, *, key: str = "Tab") -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does, who sees at every stop where they
    are."""
    for _ in range(120):
        page.keyboard.press(key)
        assert page.evaluate(SEEN) == ""
        if page.evaluate("document.activeElement.closest('[data-testid]')?.dataset.testid") == testid:
            return
    raise AssertionError(f"{testid} cannot be reached with the {key} key")


def type_into(page: Page, testid: str, text: str) -> None:
    tab_to(page, testid)
    page.keyboard.type(text)


def test_a_guest_buys_on_a_phone(open_page, shopper):
    page = open_page(viewport=steps.PHONE, has_touch=True, is_mobile=True, device_scale_factor=2)
    steps.buy(page, shopper)


def test_the_keyboard_alone_buys(open_page, shop, shopper):
    """Tab, Enter, Space, arrows and letters: from the home page to the order's number."""
    page = open_page(reduced_motion="reduce")  # what is scrolled to is there when the next key is pressed
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    type_into(page, "search-input", "laptop")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("product-grid")).to_be_visible()
    tab_to(page, "product-card")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("product-details")).to_be_visible()
    tab_to(page, "add-to-cart-btn")
    page.keyboard.press("Enter")
    keep_shopping, view_cart = (
        page.get_by_role("button", name="Keep shopping"), page.get_by_role("link", name="View cart")
    )  # fmt: skip
    expect(keep_shopping).to_be_focused()  # the notice is in reach, and waits
    expect(page.get_by_test_id("cart-count")).to_have_text("1")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("add-to-cart-btn")).to_be_focused()
    expect(page.get_by_test_id("cart-notification")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("cart-count")).to_have_text("2")
    expect(keep_shopping).to_be_focused()
    page.keyboard.press("Tab")
    expect(view_cart).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("cart-page")).to_be_visible()
    tab_to(page, "cart-quantity")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("cart-count")).to_have_text("1")
    expect(page.get_by_test_id("cart-quantity")).to_be_focused()  # which is another one by now
    page.keyboard.press("ArrowUp")
    expect(page.get_by_test_id("cart-count")).to_have_text("2")
    tab_to(page, "cart-remove-btn")
    page.keyboard.press("Enter")
    put_back = page.get_by_role("button", name="Put it back")
    expect(page.locator("#cart-title")).to_be_focused()
    while not put_back.evaluate("button => button === document.activeElement"):
        page.keyboard.press("Tab")
        assert page.evaluate(SEEN) == ""
    page.keyboard.press("Space")
    expect(page.get_by_test_id("cart-item")).to_have_count(1)
    expect(page.locator("#cart-title")).to_be_focused()  # what had the keyboard is gone
    tab_to(page, "checkout-btn")
    page.keyboard.press("Enter")

    expect(page.get_by_test_id("checkout-form")).to_be_visible()
    _fill_by_keyboard(page, shopper)
    tab_to(page, "continue-to-payment-btn")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("payment-form")).to_be_visible()
    card = {"number": steps.GOOD, "expiry": "1234", "cvc": "123", "name": "Jane Doe"}
    for name, text in card.items():
        type_into(page, f"card-{name}-input", text)
    tab_to(page, "place-order-btn")
    page.keyboard.press("Space")
    assert len(shop.money_taken(steps.confirmed(page))) == 1


def _fill_by_keyboard(page: Page, email: str) -> None:
    """First in vain: what is wrong is told, and where it is is one press of Enter away."""
    type_into(page, "email-input", "jane.doe@example")
    page.keyboard.press("Enter")
    summary = page.locator("[data-errors]")
    expect(summary).to_be_focused()
    first = summary.get_by_role("link").first
    expect(first).to_have_text("E-mail: Enter an e-mail address like name@example.com.")
    page.keyboard.press("Tab")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("email-input")).to_be_focused()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(email)
    expect(first).not_to_contain_text("E-mail")  # what is mended is off the list
    for name, text in {"first-name": "Jane", "last-name": "Doe", "address": "12 Market Street"}.items():
        type_into(page, f"{name}-input", text)
    type_into(page, "city-input", "Oakland")
    type_into(page, "state-select", "Calif")
    type_into(page, "zip-input", "9460")
    page.keyboard.press("Tab")
    expect(page.locator("#id_postal_code_error")).to_have_text(
        "That postcode does not look right. Example for United States of America: 95014."
    )
    tab_to(page, "zip-input", key="Shift+Tab")
    page.keyboard.press("End")
    page.keyboard.type("7")
    expect(summary).to_have_count(0)
    tab_to(page, "delivery-option")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_test_id("delivery-option").nth(1)).to_be_checked()
    expect(page.locator("#summary")).to_contain_text("California")
    expect(page.get_by_test_id("delivery-option").nth(1)).to_be_focused()


def test_without_javascript_the_cart_changes_and_the_checkout_says_what_is_missing(open_page, shopper):
    page = open_page(java_script_enabled=False, viewport=steps.PHONE)
    steps.find(page, "laptop")
    steps.open_first(page)
    steps.add_to_cart(page)
    page.get_by_test_id("cart-icon").first.click()
    page.get_by_test_id("cart-quantity").fill("2")
    page.get_by_role("button", name="Update").click()
    expect(page.get_by_test_id("cart-count")).to_have_text("2")
    page.get_by_test_id("cart-remove-btn").click()
    expect(page.get_by_test_id("cart-count")).to_have_text("0")
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_test_id("cart-count")).to_have_text("2")
    page.get_by_test_id("coupon-input").fill("NO-SUCH-CODE")
    page.get_by_test_id("coupon-apply-btn").click()
    expect(page.locator("#coupon_error")).to_have_text(re.compile("We do not know this coupon code."))
    assert axe.violations(page, has_script=False) == []

    page.get_by_test_id("checkout-btn").click()
    page.get_by_test_id("email-input").fill(shopper)
    page.get_by_test_id("checkout-form").evaluate("form => { form.noValidate = true }")  # a browser that checks nothing
    page.get_by_test_id("continue-to-payment-btn").click()
    wrong = page.locator("[data-errors]").get_by_role("link")
    expect(wrong.first).to_have_text("First name: Enter a first name.")
    assert axe.violations(page, has_script=False) == []
    wrong.first.click()
    expect(page.get_by_test_id("first-name-input")).to_be_focused()
    expect(page.get_by_test_id("email-input")).to_have_value(shopper)
    steps.give_details(page, shopper)
    expect(page.get_by_role("button", name=re.compile("^Pay "))).to_be_visible()
    assert axe.violations(page, has_script=False) == []
