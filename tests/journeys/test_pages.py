"""Every public page, wide and narrow: nothing sticks out, nothing is blocked, nothing fails in silence."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys import running, steps

PLAIN = [
    "/", "/products/", "/products/?q=laptop", "/products/?q=zzzzqqq", "/products/?page=2", "/cart/", "/orders/find/",
    "/account/login/", "/account/signup/", "/account/password/reset/", "/api/docs/",
]  # fmt: skip


def watch(page: Page) -> list[str]:
    """What the browser complains of from now on: failed loads, errors, blocked content."""
    heard: list[str] = []
    page.on(
        "console", lambda one: heard.append(f"{one.type}: {one.text}") if one.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: heard.append(f"script: {error}"))
    page.on("response", lambda one: heard.append(f"{one.status}: {one.url}") if one.status >= 400 else None)
    return heard


def sticks_out(page: Page) -> str:
    """The element that makes the page wider than the window, or nothing."""
    return page.evaluate(
        """() => {
            const root = document.documentElement;
            if (root.scrollWidth <= root.clientWidth) return "";
            const wide = [...document.querySelectorAll("body *")].filter(
                one => one.getBoundingClientRect().right > root.clientWidth + 1);
            return `${root.scrollWidth}px: ${wide.slice(0, 3).map(one => one.outerHTML.slice(0, 120)).join(" | ")}`;
        }"""
    )


def look(page: Page, path: str) -> None:
    page.goto(path)
    page.wait_for_load_state("networkidle")


@pytest.fixture(params=[steps.DESK, steps.PHONE], ids=["1280", "390"])
def sized(open_page, request) -> Page:
    return open_page(viewport=request.param)


def test_plain_pages(sized):
    heard = watch(sized)
    for path in PLAIN:
        look(sized, path)
        assert (path, sticks_out(sized), heard) == (path, "", [])


def test_pages_of_the_catalogue(sized):
    """A category, a product with reviews and recommendations, and its brand, as the links lead to them."""
    heard = watch(sized)
    look(sized, "/")
    for kind in ("/categories/", "/products/", "/brands/"):
        path = sized.locator(f"main a[href^='{kind}']:not([href*='?'])").first.get_attribute("href")
        look(sized, path)
        sized.mouse.wheel(0, 20_000)
        sized.wait_for_load_state("networkidle")
        assert (path, sticks_out(sized), heard) == (path, "", [])


def test_pages_of_a_purchase(sized, shopper):
    heard = watch(sized)

    def fine(what: str) -> None:
        sized.wait_for_load_state("networkidle")
        assert (what, sticks_out(sized), heard) == (what, "", [])

    steps.find(sized, "laptop")
    steps.open_first(sized)
    steps.add_to_cart(sized)
    fine("product")
    steps.to_checkout(sized)
    fine("checkout")
    sized.go_back()
    fine("cart")
    sized.go_forward()
    steps.give_details(sized, shopper)
    fine("payment")
    steps.pay(sized, steps.DECLINED)
    steps.error_of(sized, "payment-error")
    fine("declined")
    steps.pay(sized)
    steps.confirmed(sized)
    fine("confirmation")


def test_another_country_and_a_customers_own_address(sized, shop, shopper):
    """The checkout's fields change with the country and are filled in for a customer; nothing is blocked meanwhile."""
    steps.sign_up(sized, shop, f"{sized.viewport_size['width']}-{shopper}")
    steps.save_address(sized)
    steps.find(sized, "laptop")
    steps.open_first(sized)
    steps.add_to_cart(sized)
    heard = watch(sized)
    steps.to_checkout(sized)
    assert sized.get_by_test_id("address-input").input_value() == "12 Market Street"
    for country in ("DE", "JP", "US"):
        with sized.expect_response(lambda one: (one.request.method, urlsplit(one.url).path) == ("POST", "/checkout/")):
            sized.get_by_test_id("country-select").select_option(country)
        sized.wait_for_load_state("networkidle")
        assert (country, sticks_out(sized), heard) == (country, "", [])
    steps.give_details(sized, shopper)
    look(sized, "/checkout/")
    assert (sticks_out(sized), heard) == ("", [])


MARKED = """() => document.querySelectorAll("input, select").forEach((one) => {
    one.style.setProperty("caret-color", "transparent");
    one.style.removeProperty("caret-color");
})"""


def test_fields_that_a_browsers_helper_has_marked_are_changed_in_silence(open_page):
    """A password manager, or what takes pictures of pages, leaves `style=""` on fields: htmx must not write it anew,
    which the policy against inline styles forbids."""
    page = open_page(viewport=steps.DESK)
    steps.find(page, "laptop")
    steps.open_first(page)
    steps.add_to_cart(page)
    heard = watch(page)
    steps.to_checkout(page)
    page.get_by_test_id("city-input").fill("Springfield")
    page.evaluate(MARKED)
    assert page.get_by_test_id("city-input").get_attribute("style") == ""
    for country in ("DE", "US"):
        with page.expect_response(lambda one: (one.request.method, urlsplit(one.url).path) == ("POST", "/checkout/")):
            page.get_by_test_id("country-select").select_option(country)
        page.wait_for_load_state("networkidle")
        assert (country, page.get_by_test_id("city-input").input_value(), heard) == (country, "Springfield", [])


def test_what_is_chosen_while_an_answer_is_on_its_way_counts(open_page):
    """Its own request waits for that answer, which takes the field away that asked."""
    page = open_page(viewport=steps.DESK)
    steps.find(page, "laptop")
    steps.open_first(page)
    steps.add_to_cart(page)
    steps.to_checkout(page)
    held: list[Route] = []
    page.route("**/checkout/", lambda route: route.continue_() if held else held.append(route))
    page.get_by_test_id("city-input").fill("Oakland")
    page.get_by_test_id("city-input").press("Tab")
    assert running.eventually(lambda: page.evaluate("true") and held != [])
    option = page.get_by_test_id("delivery-option").nth(1)
    option.check()
    chosen = option.get_attribute("value")
    with page.expect_request(lambda one: f"delivery_option={chosen}&" in (one.post_data or "")):
        held[0].continue_()
    expect(page.get_by_test_id("delivery-option").nth(1)).to_be_checked()
    assert page.get_by_test_id("city-input").input_value() == "Oakland"


def test_name_and_price_are_seen_at_once_on_a_phone(open_page):
    page = open_page(viewport=steps.PHONE)
    steps.find(page, "laptop")
    steps.open_first(page)
    look(page, page.url)
    bar = page.get_by_test_id("add-to-cart-btn").bounding_box()
    price = page.locator(".buy__price").bounding_box()
    assert price["y"] + price["height"] < bar["y"] < steps.PHONE["height"] - bar["height"]


def test_a_missing_page_helps(sized):
    answer = sized.goto("/products/there-is-no-such-thing/")
    assert answer is not None
    assert answer.status == 404
    assert sticks_out(sized) == ""
    assert sized.locator("[data-testid=search-input]:visible").count() >= 1


DRAWN = """() => {
    const of = (name) => performance.getEntriesByName(name)[0].startTime;
    const name = (one) => one.name.replace(/^.*[/]|[.].*$/g, "");
    const scripts = performance.getEntriesByType("resource").filter((one) => one.name.includes("/static/js/"));
    const late = scripts.filter((one) => name(one) !== "first");
    return [of("first-contentful-paint"), late.map((one) => [name(one), one.startTime])];
}"""


@pytest.mark.parametrize("path", ["/", "/products/"])
def test_scripts_take_nothing_from_what_is_seen_first(open_page, path):
    """They are fetched when the page is drawn, and work then: the suggestions are htmx's, the list's keys page.js's."""
    page = open_page(does_tell=True, viewport=steps.PHONE)
    page.goto(path)
    assert running.eventually(lambda: page.evaluate("'htmx' in window"))
    drawn, scripts = page.evaluate(DRAWN)
    assert {"shop", "htmx"} <= {name for name, _at in scripts}
    assert min(at for _name, at in scripts) >= drawn

    field = page.get_by_test_id("search-input").first
    field.fill("mug")
    expect(page.get_by_role("option").first).to_be_visible()
    field.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", re.compile(".+"))


LOADED = "() => [...document.fonts].filter((one) => one.status === 'loaded').map((one) => one.family)"


@pytest.mark.parametrize(("path", "is_loaded"), [("/", False), ("/ar/", True)])
def test_letters_of_a_language_are_loaded_where_it_is_read(page, path, is_loaded):
    """The link to the Arabic pages, on all others, is not worth a font."""
    page.goto(path)
    page.evaluate("document.fonts.ready")
    loaded = {one.strip('"') for one in page.evaluate(LOADED)}
    assert "Figtree" in loaded
    assert ("Readex Pro" in loaded) is is_loaded


def test_a_cookie_that_nobody_can_read_stops_no_script(page):
    page.goto("/")
    page.evaluate("document.cookie = 'cart_count=%E0%A4%A; path=/'")
    page.goto("/products/")
    page.get_by_test_id("quick-add").first.click()
    expect(page.get_by_test_id("cart-notification")).to_be_visible()
    assert page.url.endswith("/products/")


def test_the_number_in_the_cart_is_read_out_after_what_it_counts(page):
    page.goto("/")
    assert (
        page.get_by_test_id("cart-icon")
        .first.evaluate("(one) => one.textContent.replace(/\\s+/g, ' ')")
        .endswith("Items in your cart: 0")
    )
