"""Pages that stay open: the pictures by keyboard, mouse and finger, and price and stock that tell when they change."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import axe, running, steps
from tests.journeys.test_pages import watch

SHOWN = "document.activeElement.closest('li')?.id"


PICTURED = "/products/chore-jacket/"  # in two colours


def product(shop: running.Shop, words: str) -> dict[str, str]:
    """The first product that is found with these words."""
    _status, answer = shop.api("GET", f"products/search?q={words}&limit=1")
    return answer["products"][0]


def zoomed(page: Page) -> float:
    return page.evaluate(
        "Math.max(...[...document.querySelectorAll('.viewer__slide img')].map(one => Number(one.style.scale) || 1))"
    )


def test_pictures_by_keyboard(page):
    heard = watch(page)
    page.goto(PICTURED)
    page.locator("[data-zoom]").first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(SHOWN) == "picture-2"
    expect(page.locator(".thumb[aria-current]")).to_have_attribute("href", "#picture-2")
    page.keyboard.press("Enter")
    viewer = page.locator("#viewer")
    expect(viewer).to_be_visible()
    expect(page.locator(".viewer__at")).to_contain_text("2 / ")
    assert axe.violations(page) == []
    page.keyboard.press("+")
    assert zoomed(page) == 1.5
    page.keyboard.press("ArrowDown")  # moves about in it
    page.keyboard.press("0")
    assert zoomed(page) == 1
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".viewer__at")).to_contain_text("1 / ")
    page.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(page.locator("#picture-1 a")).to_be_focused()  # where the shopper was last
    assert heard == []


def test_pictures_by_mouse(page):
    page.goto(PICTURED)
    page.get_by_role("button", name="Next picture").click()
    expect(page.locator(".thumb[aria-current]")).to_have_attribute("href", "#picture-2")
    page.locator(".thumb").first.click()
    expect(page.locator(".thumb[aria-current]")).to_have_attribute("href", "#picture-1")
    page.locator("[data-zoom]").first.click()
    expect(page.locator("#viewer")).to_be_visible()
    page.locator(".viewer__slide img").first.click()
    assert zoomed(page) == 2.5
    expect(page.get_by_role("button", name="Zoom")).to_have_attribute("aria-pressed", "true")
    page.mouse.wheel(0, 800)
    assert zoomed(page) == 1
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#viewer")).to_be_hidden()


def test_pictures_by_finger(open_page):
    page = open_page(viewport=steps.PHONE, has_touch=True, is_mobile=True)
    page.goto(PICTURED)
    expect(page.locator("[data-at]")).to_have_text("1")
    page.locator(".gallery__strip").evaluate(
        "strip => strip.scrollBy({ left: strip.clientWidth, behavior: 'instant' })"
    )
    expect(page.locator("[data-at]")).to_have_text("2")
    page.locator("[data-zoom]").nth(1).tap()
    expect(page.locator(".viewer__at")).to_contain_text("2 / ")
    page.touchscreen.tap(195, 400)
    assert zoomed(page) == 1
    page.wait_for_timeout(400)  # longer than a double tap takes
    page.touchscreen.tap(195, 400)
    page.touchscreen.tap(195, 400)
    assert zoomed(page) == 2.5


def test_pictures_without_script(open_page):
    page = open_page(java_script_enabled=False)
    page.goto(PICTURED)
    expect(page.locator(".gallery__turn").first).to_be_hidden()
    page.locator(".thumb").nth(1).click()
    with page.expect_navigation():
        page.locator("[data-zoom]").nth(1).click()
    assert "/media/" in page.url


def test_an_open_page_tells_that_the_stock_has_changed(page, shop):
    found = product(shop, "station+clock")  # of which nobody else buys any
    shop.set_stock(found["id"], 20)
    page.goto(f"/products/{found['slug']}/")
    field, said = page.get_by_test_id("quantity-input"), page.locator("#live-said")
    expect(page.get_by_test_id("stock-status")).to_have_text("In stock")
    try:
        shop.set_stock(found["id"], 3)
        expect(page.get_by_test_id("stock-status")).to_have_text("Only 3 left")
        expect(said).to_have_text("Only 3 left.")
        expect(page.locator("[data-live-note]")).to_have_text("Only 3 left.")
        expect(field).to_have_attribute("max", "3")
        shop.set_stock(found["id"], 0)
        expect(page.get_by_test_id("stock-status")).to_have_text("Sold out")
        expect(page.get_by_test_id("add-to-cart-btn")).to_be_disabled()
    finally:
        shop.set_stock(found["id"], 20)
    expect(page.get_by_test_id("add-to-cart-btn")).to_be_enabled()
    assert "?" not in page.url


def test_an_open_page_tells_that_the_price_has_changed(page, shop):
    found = product(shop, "milking+stool")
    page.goto(f"/products/{found['slug']}/")
    before = page.get_by_test_id("price").text_content()
    try:
        assert shop.api("PATCH", f"products/{found['id']}", {"price": "12.34"}, shop.staff_token)[0] == 200
        expect(page.get_by_test_id("price")).to_have_text("$12.34")
        expect(page.locator("#live-said")).to_contain_text(f"The price changed from {before} to $12.34.")
    finally:
        shop.api("PATCH", f"products/{found['id']}", {"price": found["price"]}, shop.staff_token)


def test_an_open_page_outlives_a_new_name(page, shop):
    found = product(shop, "button+cushion")
    page.goto(f"/products/{found['slug']}/")
    before = page.get_by_test_id("price").text_content()
    try:
        changes = {"name": "Cushion of another name", "price": "11.11"}
        assert shop.api("PATCH", f"products/{found['id']}", changes, shop.staff_token)[0] == 200
        expect(page.get_by_test_id("price")).to_have_text("$11.11")
        expect(page.locator("#live-said")).to_contain_text(f"The price changed from {before} to $11.11.")
    finally:
        back = {name: found[name] for name in ("name", "price")}
        shop.api("PATCH", f"products/{found['id']}", back, shop.staff_token)


@pytest.mark.parametrize("status", [404, 410])
def test_an_open_page_whose_product_is_gone_says_so(page, status):
    page.goto(PICTURED)
    page.route("**/live/*", lambda route: route.fulfill(status=status))
    expect(page.locator("[data-live-note]")).to_have_text("This page is not up to date any more. Please load it again.")
    expect(page.locator("html[data-stale]")).to_have_count(1)


def test_without_a_connection_nothing_is_shown_as_true(page):
    page.goto(PICTURED)
    page.context.set_offline(True)
    expect(page.locator("[data-live-note]")).to_contain_text("may have changed")
    expect(page.locator("html[data-stale]")).to_have_count(1)
    page.context.set_offline(False)
    expect(page.locator("html[data-stale]")).to_have_count(0)
    expect(page.locator("[data-live-note]")).to_be_hidden()


def test_an_open_cart_tells_what_has_changed(page, shop):
    found = product(shop, "button+cushion")
    page.goto(f"/products/{found['slug']}/")
    steps.add_to_cart(page)
    page.goto("/cart/")
    total = page.get_by_test_id("cart-total").text_content()
    try:
        assert shop.api("PATCH", f"products/{found['id']}", {"price": "43.21"}, shop.staff_token)[0] == 200
        expect(page.get_by_test_id("cart-subtotal")).to_have_text("$43.21")
        expect(page.locator("#live-said")).to_contain_text(f"The total changed from {total} to ")
    finally:
        shop.api("PATCH", f"products/{found['id']}", {"price": found["price"]}, shop.staff_token)
