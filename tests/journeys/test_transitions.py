"""From a list to a product and back the picture stays, and a machine too slow for that is no fault of the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps
from tests.journeys.test_pages import watch

# Heard before what the page does in its first frame: whether a picture could stay in it. Told after it: how many do.
REVEALED = """
addEventListener("pagereveal", (event) => {
  const can = Boolean(event.viewTransition) && Boolean(document.querySelector(".gallery .picture"));
  requestAnimationFrame(() => {
    const told = JSON.parse(sessionStorage.getItem("revealed") ?? "[]");
    told.push([location.pathname, can, document.querySelectorAll(".is-same").length]);
    sessionStorage.setItem("revealed", JSON.stringify(told));
  });
});
"""


@pytest.mark.parametrize("slower", [1, 8], ids=["as fast as it is", "8 times as slow"])
def test_the_picture_stays_from_a_list_to_a_product_and_back(open_page, slower):
    page: Page = open_page(viewport=steps.PHONE)
    heard = watch(page)
    page.add_init_script(REVEALED)
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slower})
    steps.find(page, "laptop")
    there = page.url
    for _ in range(2):
        steps.open_first(page)
        page.wait_for_timeout(500)
        page.go_back()
        expect(page).to_have_url(there)
        page.wait_for_timeout(500)
    revealed = page.evaluate("JSON.parse(sessionStorage.getItem('revealed'))")
    products = [one for one in revealed if one[0].startswith("/products/") and one[0] != "/products/"]
    assert len(products) == 2
    assert [stays for _, can, stays in products] == [int(can) for _, can, stays in products]
    assert heard == []  # also where the browser has left the change-over out


def test_a_change_over_that_is_left_out_is_no_fault_and_any_other_one_is(page):
    heard = watch(page)
    page.goto("/")
    rejected = "([text, name]) => { Promise.reject(name ? new DOMException(text, name) : new Error(text)); }"
    for text in ("ViewTransition opt-in disabled", "Page already revealed"):
        page.evaluate(rejected, [f"Transition was aborted because of invalid state. {text}", "InvalidStateError"])
    page.evaluate(rejected, ["The element has no shadow", "InvalidStateError"])
    page.evaluate(rejected, ["Transition of an order failed", ""])
    page.wait_for_timeout(200)
    assert heard == ["script: The element has no shadow", "script: Transition of an order failed"]
