"""At 400 % of a desk's size a page has 320 × 256 pixels: everything is one column, and nothing that stays in its place
covers what has the keyboard. And in the colours that the reader has chosen, what is chosen can still be told.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.journeys import ordering, steps

ZOOMED = {"width": 320, "height": 256}
# A part of what has the keyboard can be seen: nothing lies over all of it, and it is not out of the window.
COVERED = """() => {
    const one = document.activeElement, box = one.getBoundingClientRect();
    if (one === document.body || one.id === "main" || one.closest("[aria-hidden=true]")) return "";
    const from = {x: Math.max(box.left, 0), y: Math.max(box.top, 0)};
    const to = {x: Math.min(box.right, innerWidth), y: Math.min(box.bottom, innerHeight)};
    const wide = to.x - from.x, high = to.y - from.y;
    for (let down = 1; down < 8; down += 1) for (let across = 1; across < 8; across += 1) {
        const at = document.elementFromPoint(from.x + wide * across / 8, from.y + high * down / 8);
        if (at && (one.contains(at) || at.contains(one) && at !== document.body && at !== document.documentElement
            && !at.matches("main, .wrap") || [...(one.labels ?? [])].some((label) => label.contains(at)))) return "";
    }
    return one.outerHTML.slice(0, 120);
}"""
MOST = 60  # stops; a list has more of the same


@pytest.mark.parametrize("path", ["/", "/products/", "/products/morning-mug/", "/cart/", "/checkout/"])
def test_nothing_covers_what_has_the_keyboard(open_page, shop, path):
    _product, key = ordering.in_cart(shop, "mug", units=1)
    page = open_page(viewport=ZOOMED, reduced_motion="reduce")
    page.context.add_cookies([{"name": "cart", "value": key, "url": shop.url}])
    page.goto(path)
    covered = []
    for _stop in range(MOST):
        page.keyboard.press("Tab")
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        if found := page.evaluate(COVERED):
            covered.append(found)
    assert covered == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


BOX = "one => { const box = one.getBoundingClientRect(); return [box.top >= 0, box.bottom <= innerHeight]; }"


def test_what_comes_up_fits_into_a_low_window(open_page):
    """The notice that something is in the cart, and the sheet of filters, whose options have most of it."""
    page = open_page(viewport=ZOOMED, reduced_motion="reduce")
    page.goto("/products/morning-mug/")
    page.get_by_test_id("add-to-cart-btn").click()
    toast = page.locator(".toast")
    expect(toast).to_be_visible()
    assert toast.evaluate(BOX) == [True, True]
    page.goto("/categories/kitchen/")
    page.locator(".filters-open").click()
    sheet, options = page.locator(".filters"), page.locator(".filters .facet__option")
    expect(sheet).to_be_visible()
    assert sheet.evaluate(BOX) == [True, True]
    seen = [one for one in options.all() if one.evaluate(BOX) == [True, True]]
    assert len(seen) >= 3


BORDERS = """(selector) => {
    const style = getComputedStyle(document.querySelector(selector));
    return [style.borderColor, style.outlineStyle];
}"""


def test_in_the_readers_own_colours_what_is_chosen_can_be_told(open_page):
    """Windows' contrast themes take all colours away: the chosen option has the system's colour of what is chosen."""
    page = open_page(forced_colors="active")
    page.goto("/products/quilted-jacket/")
    chosen = page.evaluate(BORDERS, ".choice__value input:checked + .choice__face")
    other = page.evaluate(BORDERS, ".choice__value input:not(:checked) + .choice__face")
    assert chosen != other
    assert chosen[1] == "solid"
    page.get_by_test_id("add-to-cart-btn").focus()
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


EDGE = "one => getComputedStyle(one).borderBlockEndColor"


def test_in_the_readers_own_colours_one_department_is_current_and_a_list_is_a_list(open_page):
    page = open_page(forced_colors="active")
    page.goto("/categories/kitchen/")
    paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    edges = [link.evaluate(EDGE) != paper for link in page.locator(".nav a").all()]
    current = [link.get_attribute("aria-current") is not None for link in page.locator(".nav a").all()]
    assert edges == current
    assert sum(current) == 1
    sort = page.get_by_test_id("sort-select")
    assert sort.evaluate("one => getComputedStyle(one).appearance") == "auto"


LONG = "w" * 60
WIDTHS = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"


PHONES = [ZOOMED, steps.PHONE]


@pytest.mark.parametrize("size", PHONES, ids=["320", "390"])
@pytest.mark.parametrize("path", [f"/products/?q={LONG}", "/products/?q=https://www.example.com/a/b", "/es/", "/de/"])
def test_long_words_are_broken(open_page, path, size):
    page = open_page(viewport=size)
    page.goto(path)
    assert page.evaluate(WIDTHS) == [size["width"]] * 2
    every = "[...document.querySelectorAll('.department, h1, .crumbs')]"
    assert page.evaluate(f"{every}.every((one) => one.scrollWidth <= one.clientWidth + 1)")


@pytest.mark.parametrize(
    "path", ["/de/categories/kitchen/", "/de/no-such/", "/es/no-such/", "/ar/no-such/", "/es/products/?q=xxyyzz"]
)
def test_with_twice_the_text_chips_stay_in_the_window(open_page, path):
    page = open_page(viewport=steps.PHONE)
    page.goto(path)
    page.evaluate("() => { document.documentElement.style.fontSize = '200%' }")
    assert page.locator(".chip").count() > 0
    assert page.evaluate(WIDTHS) == [steps.PHONE["width"]] * 2


# Words of up to 16 letters, in what stands in a row or above something, of which letters are in different lines.
BROKEN = r"""() => {
  const found = [];
  const places = "h1, h2, h3, legend, dt, summary, label, .button, .chip, .department span";
  for (const one of document.querySelectorAll(places)) {
    const texts = document.createTreeWalker(one, NodeFilter.SHOW_TEXT), range = document.createRange();
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      if (!one.checkVisibility() || text.parentElement.closest(".visually-hidden")) continue;
      for (const { 0: word, index } of text.data.matchAll(/[\p{L}\p{M}]+/gu)) {
        const bottoms = [...word].map((_letter, at) => {
          range.setStart(text, index + at);
          range.setEnd(text, index + at + 1);
          return range.getBoundingClientRect().bottom;
        }).filter(Boolean);
        if (word.length <= 16 && Math.max(...bottoms) - Math.min(...bottoms) > 8) found.push(word);
      }
    }
  }
  return found;
}"""


@pytest.mark.parametrize("size", PHONES, ids=["320", "390"])
@pytest.mark.parametrize("language", ["", "/de", "/es", "/ar"], ids=["en", "de", "es", "ar"])
def test_no_ordinary_word_is_broken(open_page, language, size):
    page = open_page(viewport=size)
    broken = {}
    for path in ("/", "/products/", "/products/chore-jacket/", "/products/chore-jacket/reviews/", "/account/signup/"):
        page.goto(language + path)
        broken[path] = page.evaluate(BROKEN)
    page.goto(f"{language}/products/")
    page.get_by_test_id("quick-add").first.click()
    expect(page.get_by_test_id("cart-count")).to_have_text("1")
    for path in ("/cart/", "/checkout/"):
        page.goto(language + path)
        broken[path] = page.evaluate(BROKEN)
    assert {path: words for path, words in broken.items() if words} == {}


def test_negative_control_a_word_that_is_broken_is_found(page):
    page.goto("/")
    page.evaluate("document.querySelector('h1').style.inlineSize = '3rem'")
    assert "keeping" in page.evaluate(BROKEN)


@pytest.mark.parametrize("size", PHONES, ids=["320", "390"])
def test_a_long_name_leaves_reviews_as_wide_as_the_window(open_page, size):
    page = open_page(viewport=size)
    page.goto("/products/morning-mug/reviews/")
    page.evaluate("(name) => { document.querySelector('.crumbs a').textContent = name }", LONG)
    assert page.evaluate(WIDTHS) == [size["width"]] * 2


@pytest.mark.parametrize("size", PHONES, ids=["320", "390"])
def test_a_long_name_leaves_the_way_to_the_cart_in_the_window(open_page, size):
    page = open_page(viewport=size | {"height": 844})
    page.route("**/cart/add**", lambda route: _long_name(route))
    page.goto("/products/")
    page.get_by_test_id("quick-add").first.click()
    note = page.get_by_test_id("cart-notification")
    expect(note).to_contain_text(LONG)
    for one in (note, note.locator("strong"), note.get_by_role("link")):
        box = one.bounding_box()
        assert 0 <= box["x"] <= box["x"] + box["width"] <= size["width"]


def _long_name(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("<strong>", f"<strong>{LONG}", 1))
