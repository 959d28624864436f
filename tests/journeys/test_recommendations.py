"""Shelves as shoppers meet them: below a product, beside the cart, on the home page; with and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import axe, running, steps
from tests.journeys.test_pages import sized, sticks_out, watch

__all__ = ["sized"]  # a fixture


def names(page: Page, shelf: str) -> list[str]:
    """What stands on a shelf, from its start."""
    cards = page.locator(f"section[aria-labelledby='{shelf}'] [data-testid=product-card] .card__link")
    expect(cards.first).to_be_visible()
    return cards.all_inner_texts()


def test_what_is_bought_together_leads_into_the_cart_and_beside_it(sized):
    heard = watch(sized)
    steps.find(sized, "laptop")
    steps.open_first(sized)
    mine = sized.locator("h1").inner_text()
    sized.get_by_test_id("recommendations").scroll_into_view_if_needed()
    together, similar = names(sized, "together"), names(sized, "similar")
    assert mine not in [*together, *similar]
    assert not {*together} & {*similar}
    assert axe.violations(sized, within="[data-testid=recommendations]") == []
    assert (sticks_out(sized), heard) == ("", [])

    steps.add_to_cart(sized)
    sized.goto("/cart/")
    beside = names(sized, "together")
    assert {*beside} & {*together}
    sized.get_by_role("link", name=beside[0], exact=True).click()
    steps.add_to_cart(sized, count=2)
    sized.goto("/cart/")
    assert beside[0] not in names(sized, "together")  # it is in the cart now
    assert axe.violations(sized) == []

    sized.get_by_test_id("cart-remove-btn").last.click()
    expect(sized.get_by_test_id("cart-item")).to_have_count(1)
    removed = beside[0] if sized.get_by_test_id("cart-item").first.get_by_text(mine).count() else mine
    shelf = sized.get_by_test_id("recommendations")
    expect(shelf.get_by_role("link", name=removed, exact=True)).to_be_attached()  # the shelf follows the cart
    assert (sticks_out(sized), heard) == ("", [])


def test_the_home_page_remembers_what_was_looked_at(open_page):
    page = open_page(viewport=steps.PHONE)
    page.goto("/")
    assert names(page, "trending")
    cards = page.locator("section[aria-labelledby=trending] .card__link")
    slugs = [str(cards.nth(place).get_attribute("href")) for place in (0, 1)]
    for slug in slugs:
        page.goto(slug)
        page.wait_for_load_state("networkidle")
    seen = page.locator("h1").inner_text()

    page.goto("/")
    page.locator("[data-testid=recommendations]").scroll_into_view_if_needed()

    assert names(page, "recent")[0] == seen
    assert len(names(page, "recent")) == 2
    assert axe.violations(page) == []
    assert sticks_out(page) == ""


def test_who_agrees_gets_suggestions_and_who_agrees_no_more_gets_none(open_page, shop):
    page = open_page()
    steps.sign_up(page, shop, "suggest@example.com")
    products = shop.api("GET", "products/?q=laptop&limit=2")[1]["data"]

    def choose(agrees: bool) -> None:
        page.goto("/account/preferences/")
        page.get_by_label(re.compile("You may use what I look at")).set_checked(agrees)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Your preferences are saved.")).to_be_visible()

    def suggested() -> bool:
        page.goto("/recommendations/")
        return page.get_by_role("heading", name="For you", exact=True).is_visible()

    choose(True)
    page.goto(f"/products/{products[0]['slug']}/")
    page.wait_for_load_state("networkidle")
    assert running.eventually(suggested, seconds=30)
    assert axe.violations(page) == []
    choose(False)
    assert not suggested()


@pytest.mark.parametrize("path", ["/", "/cart/", "/products/{}/"])
def test_without_scripts_a_link_leads_to_the_shelves(open_page, shop, path):
    slug = shop.api("GET", "products/?q=laptop&limit=1")[1]["data"][0]["slug"]
    page = open_page(java_script_enabled=False, viewport=steps.DESK)
    page.goto(f"/products/{slug}/")
    if path == "/cart/":
        page.get_by_test_id("add-to-cart-btn").click()
    page.goto(path.format(slug))

    page.get_by_test_id("recommendations").get_by_role("link").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("You may also like")
    assert page.get_by_test_id("product-card").count() >= 1
    assert axe.violations(page, has_script=False) == []
    assert sticks_out(page) == ""
