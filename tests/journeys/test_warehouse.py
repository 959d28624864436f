"""A round through the warehouse by keyboard alone: pick, print, pack, send; with JavaScript and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import axe, merchant, ordering, steps


def bounce(admin: Page, code: str) -> None:
    """The scanner reads one label twice, within a moment."""
    admin.evaluate(
        """(code) => {
            const form = document.querySelector("form[data-scan]");
            for (const _time of [1, 2]) {
                form.elements.code.value = code;
                form.requestSubmit();
            }
        }""",
        code,
    )


def alone(admin: Page, words: str) -> None:
    """Nothing but this is told: of what was scanned before, nothing is left."""
    expect(admin.locator("#scan-told p")).to_have_text([re.compile(re.escape(words))])


def test_an_order_is_picked_printed_and_sent_without_a_mouse(page, admin, shop, shopper):
    number, path = ordering.paid(shop, shopper, units=1)
    merchant.wave_of(admin, number)
    wave = admin.url
    sku = admin.locator(".wave-sku").inner_text()
    expect(admin.locator("#scan-code")).to_be_focused()
    admin.keyboard.type("nonsense")
    admin.keyboard.press("Enter")
    alone(admin, "is unknown")
    bounce(admin, sku)  # faster than any page answers
    alone(admin, "came twice at once and was counted once")
    admin.wait_for_timeout(300)  # as long as it takes to hold the next unit before the scanner
    admin.keyboard.type(sku)
    admin.keyboard.press("Enter")
    alone(admin, "is complete: put it back.")
    expect(admin.locator("#scan-code")).to_be_focused()
    expect(admin.get_by_test_id("wave-progress")).to_have_text("1 of 1 unit")

    admin.get_by_role("button", name="Slips and labels").press("Enter")
    link = admin.get_by_role("link", name="Open the PDF")
    expect(link).to_be_visible(timeout=30_000)  # a worker drew it, the page asked by itself
    answer = admin.request.get(link.get_attribute("href"))
    assert (answer.status, answer.body()[:4]) == (200, b"%PDF")

    admin.goto(wave)
    expect(admin.locator("#scan-code")).to_be_focused()
    parcel = f"{number}-1"
    admin.keyboard.type(parcel)
    admin.keyboard.press("Enter")
    expect(admin.get_by_test_id("wave-status")).to_have_text("picked")
    admin.goto("/admin/checkout/parceltopick/pack/")
    expect(admin.locator("#scan-code")).to_be_focused()
    admin.keyboard.type(parcel)
    admin.keyboard.press("Enter")
    expect(admin.get_by_test_id("pack-parcel")).to_contain_text(parcel)
    expect(admin.locator("#scan-code")).to_be_focused()
    admin.keyboard.press("Enter")
    expect(admin.locator("#scan-told")).to_contain_text(f"Parcel {parcel} is handed to Demo Parcel")
    page.goto(path)
    expect(page.get_by_test_id("order-status")).to_have_text("Shipped")


@pytest.mark.parametrize("width", [390])
def test_a_round_needs_no_javascript(admin, open_admin, shop, shopper, width):
    number, _path = ordering.paid(shop, shopper, units=1)
    merchant.wave_of(admin, number)
    plain = open_admin(java_script_enabled=False, viewport={"width": width, "height": 844})
    plain.goto(admin.url)
    for code, words in (("nonsense", "is unknown"), (plain.locator(".wave-sku").inner_text(), "→ box 1")):
        plain.locator("#scan-code").fill(code)
        plain.keyboard.press("Enter")
        alone(plain, words)
    plain.get_by_role("button", name="Finish 1 complete parcel").click()
    expect(plain.get_by_test_id("wave-status")).to_have_text("picked")


def clean(admin: Page, what: str) -> None:
    """Axe finds nothing in what is ours, and nothing of it sticks out.

    Menu, header and search around it are the admin's frame, which is not made here.
    """
    assert axe.violations(admin, within=".warehouse") == [], what
    wide = admin.evaluate("document.querySelector('.warehouse').scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{what}: {wide} px too wide"


@pytest.mark.parametrize(("size", "scheme"), [(steps.DESK, "light"), (steps.PHONE, "dark")])
def test_axe_finds_nothing_on_the_screens_of_the_warehouse(open_admin, shop, shopper, size, scheme):
    number, _path = ordering.paid(shop, shopper, units=1)
    admin = open_admin(viewport=size, color_scheme=scheme)
    merchant.wave_of(admin, number)
    wave = admin.url
    admin.locator(".wave-short summary").click()
    clean(admin, "a wave, and a unit that is missing")
    for code in ("nonsense", admin.locator(".wave-sku").inner_text()):
        admin.locator("#scan-code").fill(code)
        admin.keyboard.press("Enter")
    expect(admin.get_by_test_id("wave-progress")).to_have_text("1 of 1 unit")
    clean(admin, "a wave of which everything is picked")
    admin.get_by_role("button", name="Finish 1 complete parcel").click()
    expect(admin.get_by_test_id("wave-status")).to_have_text("picked")
    clean(admin, "a wave that is over")
    admin.get_by_role("button", name="Slips and labels").click()
    expect(admin.get_by_role("link", name="Open the PDF")).to_be_visible(timeout=30_000)
    clean(admin, "papers")
    admin.goto(f"/admin/checkout/parceltopick/pack/?parcel={number}-1")
    expect(admin.get_by_test_id("pack-parcel")).to_be_visible()
    clean(admin, "a parcel that is packed")
    for path, what in (
        ("parceltopick/pack/?parcel=nonsense", "the packing desk, with an error"),
        ("parceltopick/arrivals/", "arrivals"),
        ("pickwave/add/", "the next wave"),
    ):
        admin.goto(f"/admin/checkout/{path}")
        clean(admin, what)
    admin.goto(wave)
    clean(admin, "the wave again")
