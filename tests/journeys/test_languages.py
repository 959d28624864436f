"""The way of a purchase in other languages: axe finds nothing, and no word of a summary is torn apart."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import axe, running, steps

# Words that have a part on another line, of labels and values beside each other.
TORN = """() => {
    const found = [];
    for (const one of document.querySelectorAll(".totals dt, .totals dd, .facts-box dt")) {
        const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
        for (let text = walker.nextNode(); text; text = walker.nextNode()) {
            for (const word of text.data.matchAll(/\\S+/g)) {
                const range = document.createRange();
                range.setStart(text, word.index);
                range.setEnd(text, word.index + word[0].length);
                const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top)));
                if (lines.size > 1) found.push(word[0]);
            }
        }
    }
    return found;
}"""
OPEN = "() => document.querySelectorAll('details').forEach((one) => { one.open = true })"
WIDTHS = (1280, 960, 390, 320)


def _look(page: Page) -> None:
    """At the page as it is now, on every screen."""
    assert axe.violations(page) == [], page.url
    page.evaluate(OPEN)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(TORN) == [], (page.url, width)
    page.set_viewport_size(steps.DESK)


@pytest.mark.parametrize(("language", "direction"), [("de", "ltr"), ("ar", "rtl")])
def test_a_purchase_in(open_page, shop: running.Shop, language: str, direction: str):
    page = open_page(reduced_motion="reduce")
    page.goto(f"/{language}/products/?q=laptop")
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("html")).to_have_attribute("dir", direction)
    _look(page)

    steps.open_first(page)
    _look(page)
    steps.add_to_cart(page)
    page.goto(f"/{language}/cart/")
    _look(page)

    steps.to_checkout(page)
    _look(page)
    steps.give_details(page, f"{language}-reader@example.com")
    _look(page)

    steps.pay(page)
    expect(page.get_by_test_id("order-confirmation")).to_be_visible(timeout=20_000)
    assert page.url.startswith(f"{shop.url}/{language}/orders/")
    _look(page)
