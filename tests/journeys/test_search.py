"""Searching as shoppers do: suggestions, mistakes, filters, nothing found; with and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import axe, steps
from tests.journeys.test_pages import sized, sticks_out, watch

__all__ = ["sized"]  # a fixture


def box(page: Page):
    return page.locator("[data-testid=search-input]:visible").first


def offered(page: Page):
    return page.get_by_test_id("search-suggestions").get_by_role("option")


def test_suggestions_are_chosen_by_keyboard(sized):
    heard = watch(sized)
    sized.goto("/")
    box(sized).press_sequentially("lapt", delay=30)
    expect(box(sized)).to_have_attribute("aria-expanded", "true")
    expect(offered(sized).first).to_be_visible()
    assert axe.violations(sized, within="form[role=search]") == []
    assert sticks_out(sized) == ""

    box(sized).press("ArrowDown")
    first = offered(sized).first
    expect(first).to_have_attribute("aria-selected", "true")
    expect(box(sized)).to_have_attribute("aria-activedescendant", first.get_attribute("id"))
    words = first.inner_text()
    box(sized).press("Enter")

    expect(sized.get_by_role("heading", level=1)).to_have_text(f"Results for “{words}”")
    box(sized).press_sequentially("x")
    box(sized).press("Escape")
    expect(offered(sized)).to_have_count(0)
    expect(box(sized)).to_have_attribute("aria-expanded", "false")
    assert heard == []


def test_the_suggestions_follow_the_keyboard(page):
    page.goto("/")
    field, said = box(page), page.locator("#search-status")
    field.fill("lapt")  # at once: letter by letter, the answer to the first ones may come late
    expect(field).to_have_attribute("aria-expanded", "true")
    count = offered(page).count()
    expect(said).to_have_text(f"{count} suggestions")
    field.press("ArrowUp")
    expect(field).to_have_attribute("aria-activedescendant", offered(page).last.get_attribute("id"))
    field.press("ArrowDown")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_count(0)
    field.press("ArrowDown")
    expect(offered(page).first).to_have_attribute("aria-selected", "true")

    field.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(said).to_have_text("")
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-expanded", "true")
    expect(offered(page)).to_have_count(count)

    field.press("Tab")
    expect(page.get_by_role("search").get_by_role("button")).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")
    expect(offered(page)).to_have_count(0)


def test_a_suggested_product_opens(sized):
    sized.goto("/")
    box(sized).press_sequentially("laptop", delay=30)
    product = (
        sized.get_by_test_id("search-suggestions").get_by_role("group", name="Products").get_by_role("option").first
    )
    expect(product).to_be_visible()
    name = product.locator("span").nth(1).inner_text()

    product.click()

    expect(sized.get_by_role("heading", level=1)).to_have_text(name)


def test_last_searches_stay_in_the_browser_and_are_offered_again(open_page):
    page = open_page(viewport=steps.PHONE)
    steps.find(page, "lamp")
    steps.find(page, "laptop")

    page.goto("/")
    box(page).focus()

    group = page.get_by_test_id("search-suggestions").get_by_role("group", name="Your last searches")
    expect(group.get_by_role("option")).to_have_text(["laptop", "lamp"])
    assert axe.violations(page, within="form[role=search]") == []
    group.get_by_role("option").nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “lamp”")

    stranger = open_page(viewport=steps.PHONE)
    stranger.goto("/")
    box(stranger).focus()
    expect(offered(stranger)).to_have_count(0)


@pytest.mark.parametrize("has_script", [True, False])
@pytest.mark.parametrize("size", [steps.DESK, steps.PHONE], ids=["1280", "390"])
def test_a_mistake_is_corrected_and_can_be_taken_back(open_page, has_script, size):
    page = open_page(java_script_enabled=has_script, viewport=size)
    page.goto("/")
    box(page).fill("labtop")
    box(page).press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “laptop”")
    expect(page.get_by_test_id("product-card").first).to_be_visible()
    assert axe.violations(page, has_script=has_script) == []
    page.get_by_role("link", name="“labtop”").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Results for “labtop”")
    expect(page.get_by_text("Nothing here goes by that name.")).to_be_visible()
    assert page.get_by_test_id("product-card").count() >= 1  # a way out
    assert (axe.violations(page, has_script=has_script), sticks_out(page)) == ([], "")


@pytest.mark.parametrize("has_script", [True, False])
def test_filters_narrow_what_was_found_and_are_taken_away(open_page, has_script):
    page = open_page(java_script_enabled=has_script, viewport=steps.DESK)
    page.goto("/products/?q=laptop")
    total = int(page.get_by_test_id("result-count").inner_text().split()[0])
    brand = page.get_by_test_id("facet-brand").get_by_role("link").first
    count = int(brand.inner_text().split()[-1])
    assert 0 < count <= total

    brand.click()

    expect(page.get_by_test_id("result-count")).to_have_text(f"{count} products" if count != 1 else "1 product")
    assert "brand=" in page.url
    assert axe.violations(page, has_script=has_script) == []
    page.get_by_role("link", name="Clear all").first.click()
    expect(page.get_by_test_id("result-count")).to_have_text(f"{total} products")


def test_what_merchants_say_of_a_search_is_seen_at_once(admin, open_page):
    shopper = open_page(viewport=steps.DESK)
    steps.find(shopper, "teapot")
    first = shopper.get_by_test_id("product-card").first.get_by_role("heading").inner_text()

    admin.goto("/admin/catalog/searched/explain/?q=teapot")
    expect(admin.get_by_role("row").nth(1).get_by_role("link")).to_have_text(first)
    admin.goto("/admin/catalog/synonym/add/")
    admin.locator("[name=words]").fill("brew vessel, teapot")
    admin.locator("[name=_save]").first.click()
    shopper.goto("/products/?q=brew+vessel")
    expect(shopper.get_by_test_id("product-card").first.get_by_role("heading")).to_have_text(first)

    admin.goto("/admin/catalog/curation/add/?words=brew+vessel")
    admin.locator("[name=redirect_url]").fill("/products/?sort=newest")
    admin.locator("[name=_save]").first.click()
    shopper.goto("/products/?q=brew+vessels")
    expect(shopper.get_by_role("heading", level=1)).to_have_text("All products")

    admin.goto("/admin/catalog/searched/")
    expect(admin.get_by_role("row", name="brew vessel").first).to_be_visible()
