"""Buying from a list: by one click, from a sheet of options, without script; and what is bought together."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys import axe, steps
from tests.journeys.test_pages import sized, sticks_out, watch

__all__ = ["sized"]  # a fixture


def test_one_click_puts_what_has_no_options_into_the_cart(sized):
    heard = watch(sized)
    sized.goto("/products/")
    button = sized.get_by_test_id("quick-add").first
    name = (button.get_attribute("aria-label") or "").removeprefix("Add to cart: ")
    button.click()
    expect(sized.get_by_test_id("cart-notification")).to_contain_text(name)
    expect(sized.get_by_test_id("cart-count")).to_have_text("1")
    assert sized.url.endswith("/products/")  # and the list is as it was
    assert sized.get_by_test_id("product-card").count() > 10
    assert (sticks_out(sized), heard) == ("", [])


def test_options_are_chosen_in_a_sheet_by_keyboard(sized):
    heard = watch(sized)
    steps.find(sized, "chore jacket")
    sized.wait_for_load_state("networkidle")  # until its scripts are there the button is a link
    sized.get_by_test_id("quick-options").first.focus()
    sized.keyboard.press("Enter")
    sheet = sized.get_by_test_id("quick-sheet")
    expect(sheet).to_be_visible()
    assert axe.violations(sized, within="#quick-sheet") == []
    expect(sized.locator("#quick-title")).to_be_focused()
    sheet.get_by_role("radio", name="M", exact=True).focus()
    sized.keyboard.press("Space")
    expect(sheet.locator("legend strong").last).to_have_text("M")
    assert "q=chore" in sized.url
    sized.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    expect(sized.get_by_test_id("quick-options").first).to_be_focused()
    sized.keyboard.press("Enter")
    expect(sized.locator("#quick-title")).to_be_focused()
    sheet.get_by_test_id("add-to-cart-btn").focus()
    sized.keyboard.press("Enter")
    expect(sheet).to_be_hidden()
    expect(sized.get_by_role("button", name="Keep shopping")).to_be_focused()
    expect(sized.get_by_test_id("cart-count")).to_have_text("1")
    sized.keyboard.press("Escape")
    expect(sized.get_by_test_id("cart-notification")).to_have_count(0)
    expect(sized.get_by_test_id("quick-options").first).to_be_focused()
    assert heard == []


def test_without_script_a_card_adds_or_leads_to_the_options(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/products/")
    page.get_by_test_id("quick-add").first.click()
    expect(page.get_by_test_id("cart-item")).to_have_count(1)
    page.goto("/products/?q=chore+jacket")
    page.get_by_test_id("quick-options").first.click()
    expect(page.get_by_test_id("product-details")).to_be_visible()


def test_what_is_bought_together_by_one_button(page):
    steps.find(page, "laptop")
    steps.open_first(page)
    page.get_by_test_id("recommendations").scroll_into_view_if_needed()
    button = page.get_by_test_id("add-all-btn")
    expect(button).to_be_visible()
    count = page.get_by_test_id("bought-together").locator("li").count()
    expect(button).to_have_text(f"Add all {count} to cart")
    button.click()
    expect(page.get_by_test_id("cart-notification")).to_contain_text(f"{count} products are in your cart now.")
    expect(page.get_by_test_id("cart-count")).to_have_text(str(count))
