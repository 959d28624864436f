"""What a shopper sends back, from the order's page to store credit in the account."""

from __future__ import annotations

import io
import re

from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys import running, steps


def deliver(shop: running.Shop, number: str) -> None:
    """The warehouse does its part, by API."""
    token = shop.staff_token()
    for path, body in (
        ("transitions", {"trigger": "start_fulfillment"}),
        ("transitions", {"trigger": "items_picked"}),
        ("shipments", {"carrier": "UPS", "trackingNumber": f"1Z{number}"}),
        ("transitions", {"trigger": "delivery_confirmed"}),
    ):
        status, answer = running.eventually(lambda path=path, body=body: _done(shop, number, path, body, token))
        assert status in {200, 201}, answer


def _done(shop: running.Shop, number: str, path: str, body: dict[str, str], token: str) -> tuple[int, object]:
    """False while the parcel is not open yet: that is a worker's doing."""
    status, answer = shop.api("POST", f"orders/{number}/{path}", body, token)
    return (status, answer) if status != 409 else ()  # type: ignore[return-value]


def photo() -> dict[str, object]:
    out = io.BytesIO()
    Image.new("RGB", (1200, 900), (180, 90, 40)).save(out, "JPEG")
    return {"name": "scratch.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def ask(page: Page, *, wish: str) -> str:
    """Fill the form in; the number of the return."""
    line = page.get_by_test_id("return-line").first
    line.get_by_label("How many?").select_option("1")
    line.get_by_label("Why?").select_option("defective")
    line.get_by_label("In which condition is it?").select_option("broken")
    page.get_by_label(wish).check()
    page.get_by_label("Photos").set_input_files([photo()])  # type: ignore[list-item]
    page.get_by_test_id("return-submit-btn").click()
    expect(page.get_by_test_id("return-status")).to_have_text("Approved")
    return page.get_by_test_id("return-number").text_content() or ""


def sign_in(admin: Page) -> None:
    admin.goto("/admin/")
    admin.locator("input[name=username], input[name=login]").fill(running.MERCHANT[0])
    admin.locator("input[name=password]").fill(running.MERCHANT[1])
    admin.keyboard.press("Enter")
    expect(admin).to_have_url(re.compile("/admin/$"))


def test_a_guest_on_a_phone_without_javascript(page, open_page, shop, shopper):
    number = steps.buy(page, shopper)
    deliver(shop, number)
    phone = open_page(viewport=steps.PHONE, java_script_enabled=False)
    phone.goto(page.url)
    phone.get_by_test_id("return-btn").click()
    expect(phone.get_by_label("Store credit")).to_have_count(0)
    ask(phone, wish="Money back the way it was paid")
    assert phone.locator("html").evaluate("page => page.scrollWidth") <= steps.PHONE["width"]
    phone.get_by_test_id("return-cancel-btn").click()
    phone.get_by_role("button", name="Cancel this return").click()
    expect(phone.get_by_test_id("return-status")).to_have_text("Cancelled")


def test_a_return_with_a_photo_becomes_store_credit(page, open_page, shop, shopper):
    steps.sign_up(page, shop, shopper)
    number = steps.buy(page, shopper)
    deliver(shop, number)
    page.goto(f"/orders/{number}/")
    page.get_by_test_id("return-btn").click()
    found = ask(page, wish="Store credit")
    label = page.request.get(page.get_by_test_id("return-label").get_attribute("href") or "")
    assert (label.status, label.headers["content-type"], label.body()[:5]) == (200, "application/pdf", b"%PDF-")
    assert page.locator(".return-photos img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1200

    admin = open_page()
    sign_in(admin)
    admin.goto(f"/admin/checkout/return/?q={found}")  # what a scanner types into the search
    expect(admin.get_by_test_id("admin-return-status")).to_have_text("approved")
    sku = admin.locator(".order-item .order-quiet").first.text_content() or ""
    admin.get_by_role("link", name="Receive", exact=True).click()
    admin.locator("input[name=code]").fill(sku.split(" ")[0])
    admin.keyboard.press("Enter")
    expect(admin.get_by_text("received.", exact=False).first).to_be_visible()
    admin.get_by_role("link", name="Back", exact=True).click()
    admin.get_by_role("link", name="Inspect", exact=True).click()
    admin.get_by_label("Back on the shelf").fill("1")
    admin.get_by_role("button", name="Save", exact=True).click()
    admin.get_by_role("link", name="Settle", exact=True).click()
    amount = admin.get_by_test_id("settlement-amount").text_content() or ""
    admin.get_by_role("button", name="Do exactly this").click()
    expect(admin.get_by_test_id("admin-return-status")).to_have_text("settled")

    page.reload()
    expect(page.get_by_test_id("return-status")).to_have_text("Settled")
    expect(page.get_by_test_id("return-paid")).to_contain_text(amount)
    page.goto("/account/credit/")
    expect(page.locator("main")).to_contain_text(amount)
    subject = f"Your return is done (order {number})"
    told = running.eventually(lambda: [text for title, text in shop.mail(shopper) if title == subject])
    assert [f"{amount} is in your account as store credit now." in text for text in told] == [True]
