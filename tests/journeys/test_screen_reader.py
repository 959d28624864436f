"""The shop as a screen reader has it: what the browser tells of every page on the way of a purchase, and what it says
by itself meanwhile. Things are found by their role and name alone, as by somebody who cannot see where they stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import steps

CONTROLS = {
    "button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "spinbutton", "switch", "slider",
    "listbox", "DisclosureTriangle", "PopUpButton",
}  # fmt: skip
# Whatever is said from now on without anybody going there, in the order in which it is said.
LISTEN = """() => {
    window.said = [];
    const hear = (one) => {
        const words = one.textContent.replace(/\\s+/g, " ").trim();
        if (words) window.said.push(words);
    };
    for (const place of document.querySelectorAll("[role=status], [role=alert], [aria-live]")) {
        new MutationObserver(() => hear(place)).observe(place, {childList: true, subtree: true, characterData: true});
    }
    new MutationObserver((changes) => {
        for (const {addedNodes} of changes) for (const node of addedNodes) {
            if (node.matches?.("[role=alert]")) hear(node);
            for (const one of node.querySelectorAll?.("[role=alert]") ?? []) hear(one);
        }
    }).observe(document.body, {childList: true, subtree: true});
}"""


@dataclass(frozen=True)
class Told:
    """One thing of a page, as it is told to a screen reader."""

    role: str
    name: str
    level: int
    is_focusable: bool


def told(page: Page) -> list[Told]:
    """What the page is to a screen reader, from top to bottom."""
    session = page.context.new_cdp_session(page)
    nodes = {one["nodeId"]: one for one in session.send("Accessibility.getFullAXTree")["nodes"]}
    session.detach()
    found, waiting = [], [next(iter(nodes))]
    while waiting:  # it comes level by level, and is read out branch by branch
        node = nodes[waiting.pop()]
        waiting += [child for child in reversed(node.get("childIds", [])) if child in nodes]
        if not node.get("ignored"):
            found.append(_told(node))
    return found


def _told(node: dict[str, Any]) -> Told:
    more = {one["name"]: one["value"].get("value") for one in node.get("properties", [])}
    role, name = node["role"]["value"], node.get("name", {}).get("value", "").strip()
    return Told(role, name, int(more.get("level") or 0), bool(more.get("focusable")))


def wrong(page: Page) -> list[str]:
    """What would lead somebody astray who goes by landmarks, headings and names."""
    all_of_it = told(page)
    found = [f"{one.role} without a name" for one in all_of_it if one.role in CONTROLS and not one.name]
    for role in ("banner", "main", "contentinfo"):
        if (count := sum(one.role == role for one in all_of_it)) != 1:
            found.append(f"{count} × {role}")
    ways = [one.name for one in all_of_it if one.role == "navigation"]
    if len(set(ways)) < len(ways) or "" in ways:
        found.append(f"navigations that cannot be told apart: {ways}")
    levels = [one.level for one in all_of_it if one.role == "heading"]
    titles = [one.name for one in all_of_it if one.role == "heading"]
    if levels.count(1) != 1:
        found.append(f"{levels.count(1)} headings of the first level")
    for before, after, title in zip([0, *levels], levels, titles, strict=False):
        if after > before + 1:
            found.append(f"“{title}” of level {after} after one of level {before}")
    return found


def names(page: Page, role: str) -> list[str]:
    return [one.name for one in told(page) if one.role == role]


def test_a_purchase_by_ear(page, shopper):
    """From the home page to the order's number; every page on the way is in order, and says what happens."""
    page.goto("/")
    assert wrong(page) == []
    assert "search" in {one.role for one in told(page)}
    search = page.get_by_role("search").get_by_role("combobox")
    search.fill("mug")
    search.press("Enter")
    page.get_by_role("heading", name="Results for “mug”").wait_for()
    assert wrong(page) == []

    page.get_by_role("main").get_by_role("link", name="Morning mug", exact=True).click()
    page.get_by_role("heading", name="Morning mug", level=1).wait_for()
    assert wrong(page) == []
    page.evaluate(LISTEN)
    page.get_by_role("button", name="Add to cart", exact=True).click()
    expect(page.get_by_role("status").filter(has_text="Added to your cart")).to_be_visible()
    assert any(words.startswith("Added to your cart") and "Morning mug" in words for words in page.evaluate("said"))

    page.get_by_role("link", name="View cart").click()
    page.get_by_role("heading", name="Your cart", level=1).wait_for()
    assert wrong(page) == []
    assert {"Morning mug"} <= set(names(page, "link"))
    page.get_by_role("link", name="Check out").or_(page.get_by_role("button", name="Check out")).click()
    page.get_by_role("group", name="Delivery address").wait_for()
    assert wrong(page) == []
    _by_ear(page, shopper)
    assert wrong(page) == []

    page.get_by_role("textbox", name="Card number").fill(steps.GOOD)
    page.get_by_role("textbox", name="Expiry").fill("12/34")
    page.get_by_role("textbox", name="Security code").fill("123")
    page.get_by_role("textbox", name="Name on the card").fill("Jane Doe")
    page.get_by_role("button", name="Pay $").click()
    steps.confirmed(page)
    assert wrong(page) == []


def _by_ear(page: Page, email: str) -> None:
    """The first step of the checkout, by the labels of its fields."""
    fields = {"E-mail": email, "First name": "Jane", "Last name": "Doe", "Address": "12 Market Street"}
    for label, text in {**fields, "City": "Oakland", "ZIP code": "94607"}.items():
        page.get_by_role("textbox", name=label, exact=True).fill(text)
    page.get_by_role("combobox", name="State").select_option(label="California")
    assert page.get_by_role("radio", name="Standard delivery").is_checked()
    page.get_by_role("button", name="Continue to payment").click()
    page.get_by_role("group", name="How would you like to pay?").wait_for()


def test_what_is_missing_is_read_out(page, shop, shopper):
    """The list of errors has the keyboard, so it is read; each line leads to its field, which says what it lacks."""
    steps.to_payment(page, shop, shopper)
    page.goto("/checkout/")
    for label in ("E-mail", "City"):
        page.get_by_role("textbox", name=label, exact=True).fill("")
    page.get_by_role("button", name="Continue to payment").click()

    summary = page.get_by_role("alert").filter(has_text="Please check these details")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="City").press("Enter")
    city = page.get_by_role("textbox", name="City", exact=True)
    expect(city).to_be_focused()
    expect(city).to_have_attribute("aria-invalid", "true")
    expect(city).to_have_accessible_description("Enter the city or town.")


@pytest.mark.parametrize("size", [steps.DESK, steps.PHONE], ids=["desk", "phone"])
def test_how_many_products_a_filter_leaves_is_said(open_page, size):
    page = open_page(viewport=size)
    page.goto("/products/")
    page.evaluate(LISTEN)
    if size == steps.PHONE:
        page.get_by_role("button", name="Filters").click()
    page.get_by_role("link", name="Fellside").click()
    page.wait_for_url("**brand=**")
    expect(page.locator("#told")).to_have_text(page.get_by_test_id("result-count").inner_text())
    assert page.get_by_test_id("result-count").inner_text() in page.evaluate("said")
