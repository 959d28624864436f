"""Lists of products as shoppers narrow them and leaf through: scroll, keyboard and messages stay where they are."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import axe, steps
from tests.journeys.test_pages import sized, sticks_out, watch

__all__ = ["sized"]  # a fixture

LIST = "/products/?q=laptop"
FOCUSED = "document.activeElement.id"


def scrolled(page: Page) -> int:
    return int(page.evaluate("Math.round(scrollY)"))


def test_a_filter_leaves_the_page_where_it_was(page):
    page.goto(LIST)
    page.locator("#price-go").scroll_into_view_if_needed()
    page.evaluate("scrollBy({top: 200, behavior: 'instant'})")  # a wheel's scroll would still be on its way
    page.locator("#price-min").fill("1")
    before = scrolled(page)
    with page.expect_response(lambda one: "price_min" in one.url):
        page.locator("#price-go").click()
    expect(page.locator(".chip--on")).to_have_count(1)
    assert (before > 0, scrolled(page)) == (True, before)


def test_a_facet_keeps_the_keyboard(sized):
    heard = watch(sized)
    sized.goto(LIST)
    is_phone = sized.viewport_size == steps.PHONE
    if is_phone:
        sized.locator(".filters-open").click()
    option = sized.get_by_test_id("facet-brand").get_by_role("link").first
    name = option.get_attribute("id")
    for is_on in (True, False):
        option.focus()
        option.press("Enter")
        expect(sized.locator(".facet__option[aria-current]")).to_have_count(int(is_on))
        assert sized.evaluate(FOCUSED) == name
        assert sized.locator("#filters:popover-open").count() == int(is_phone)
    assert heard == []


def test_a_filter_that_is_taken_away_leaves_the_keyboard_at_the_results(page):
    page.goto(f"{LIST}&price_min=1")
    page.locator(".chip--on").press("Enter")
    expect(page.locator(".chip--on")).to_have_count(0)
    assert page.evaluate(FOCUSED) == "results-title"


@pytest.mark.parametrize("has_script", [True, False])
def test_a_price_that_is_none_is_said(open_page, has_script):
    page = open_page(java_script_enabled=has_script)
    page.goto(LIST)
    page.locator("#price-min").fill("abc")
    page.locator("#price-go").click()
    said = page.get_by_role("status").filter(has_text="We left out")
    expect(said).to_have_text("We left out “price_min” from the address: it should be an amount such as 24.99.")
    assert axe.violations(page, has_script=has_script) == []


def test_more_is_loaded_and_what_came_before_after_a_way_back(sized):
    heard = watch(sized)
    cards = sized.get_by_test_id("product-card")
    sized.goto("/products/")
    first = cards.first.inner_text()
    for count in (48, 72):
        sized.locator("#load-more").press("Enter")
        expect(cards).to_have_count(count)
        assert sized.evaluate(FOCUSED) == "load-more"

    sized.reload()
    expect(cards).to_have_count(24)
    before = sized.get_by_role("link", name="Show the products before these")
    assert (axe.violations(sized), sticks_out(sized)) == ([], "")
    before.click()
    expect(cards).to_have_count(48)
    before.click()
    expect(cards).to_have_count(72)
    expect(before).to_have_count(0)
    assert (cards.first.inner_text(), "page=3" in sized.url, heard) == (first, True, [])


def test_without_scripts_pages_are_leafed_through(open_page):
    page = open_page(java_script_enabled=False)
    page.goto("/products/?page=2")
    expect(page.get_by_role("link", name="Show the products before these")).to_be_hidden()
    page.get_by_role("link", name="Previous").click()
    expect(page.locator("#pages [aria-current]")).to_have_text("1")
