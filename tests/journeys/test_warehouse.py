"""A round through the warehouse by keyboard alone: pick, print, pack, send; with JavaScript and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import running, steps


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
    for code in ("nonsense", sku, sku):  # faster than any page answers
        admin.keyboard.type(code)
        admin.keyboard.press("Enter")
    expect(admin.locator("#scan-told p")).to_have_count(3)
    complete, counted, unknown = told(admin)
    assert [complete.endswith("is complete: put it back."), "→ box 1" in counted, "is unknown" in unknown] == [True] * 3
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
