"""A round through the warehouse by keyboard alone: pick, print, pack, send; with JavaScript and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import axe, running, steps


def sign_in(page: Page) -> None:
    page.goto("/admin/")
    page.locator("input[name=username], input[name=login]").fill(running.MERCHANT[0])
    page.locator("input[name=password]").fill(running.MERCHANT[1])
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/admin/$"))


def wave_of(admin: Page, number: str) -> None:
    """Find the order's parcel among those to pick, and make a wave of it."""
    parcel = running.eventually(lambda: _to_pick(admin, number), seconds=30)
    admin.get_by_role("row").filter(has_text=parcel).locator("input[type=checkbox]").check()
    admin.locator("select[name=action]").select_option("start_wave")
    admin.locator("button[name=index]").first.click()
    expect(admin.locator("h1.order-title")).to_have_text(re.compile(r"^W-\d{10}$"))


def _to_pick(admin: Page, number: str) -> str:
    admin.goto(f"/admin/checkout/parceltopick/?q={number}")
    found = re.findall(rf"{number}-\d+", admin.locator("#content").inner_text())
    return found[0] if found else ""


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


def told(admin: Page) -> list[str]:
    return admin.locator("#scan-told p").all_inner_texts()


def test_an_order_is_picked_printed_and_sent_without_a_mouse(page, open_page, shopper):
    number = steps.buy(page, shopper)
    admin = open_page()
    sign_in(admin)
    wave_of(admin, number)
    wave = admin.url
    sku = admin.locator(".wave-sku").inner_text()
    expect(admin.locator("#scan-code")).to_be_focused()
    admin.keyboard.type("nonsense")
    admin.keyboard.press("Enter")
    bounce(admin, sku)  # faster than any page answers
    admin.wait_for_timeout(300)  # as long as it takes to hold the next unit before the scanner
    admin.keyboard.type(sku)
    admin.keyboard.press("Enter")
    expect(admin.locator("#scan-told p")).to_have_count(4)
    complete, twice, counted, unknown = told(admin)
    assert "is complete: put it back." in complete
    assert "came twice at once and was counted once" in twice
    assert ("→ box 1" in counted, "is unknown" in unknown) == (True, True)
    expect(admin.locator("#scan-code")).to_be_focused()
    expect(admin.get_by_test_id("wave-progress")).to_have_text("1 of 1 units")

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
    page.reload()
    expect(page.get_by_test_id("order-status")).to_have_text("Shipped")


@pytest.mark.parametrize("width", [390])
def test_a_round_needs_no_javascript(page, open_page, shopper, width):
    number = steps.buy(page, shopper)
    signed_in = open_page()
    sign_in(signed_in)
    wave_of(signed_in, number)
    plain = open_page(
        java_script_enabled=False,
        viewport={"width": width, "height": 844},
        storage_state=signed_in.context.storage_state(),
    )
    plain.goto(signed_in.url)
    plain.locator("#scan-code").fill(plain.locator(".wave-sku").inner_text())
    plain.keyboard.press("Enter")
    expect(plain.locator("#scan-told")).to_contain_text("→ box 1")
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
def test_axe_finds_nothing_on_the_screens_of_the_warehouse(page, open_page, shopper, size, scheme):
    number = steps.buy(page, shopper)
    admin = open_page(viewport=size, color_scheme=scheme)
    sign_in(admin)
    wave_of(admin, number)
    wave = admin.url
    admin.locator(".wave-short summary").click()
    clean(admin, "a wave, and a unit that is missing")
    for code in ("nonsense", admin.locator(".wave-sku").inner_text()):
        admin.locator("#scan-code").fill(code)
        admin.keyboard.press("Enter")
    expect(admin.get_by_test_id("wave-progress")).to_have_text("1 of 1 units")
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
