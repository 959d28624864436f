"""static/js/payment.js in a real browser, on a page as small as can be, against the sandbox."""

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

SCRIPT = Path(__file__).parents[3] / "static" / "js" / "payment.js"
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or ""
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update"]
PAGE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Payment</title>
<link rel="icon" href="data:,"><script type="module" src="/payment.js"></script></head><body>
<form method="post" action="/place" data-payment-form data-publishable-key="{key}" data-api-base="{base}"
 data-message-name="Whose card is it?">
<div data-payment-error role="alert" data-testid="payment-error" hidden></div>
<div data-payment-element></div>
<input data-testid="card-number-input"><input data-testid="card-expiry-input">
<input id="cvc" data-testid="card-cvc-input"><p id="cvc_error" hidden></p><input data-testid="card-name-input">
<input type="radio" name="method" value="card" data-payment-method="card" checked>
<input type="radio" name="method" value="bank" data-payment-method="bank">
<input type="hidden" name="payment_token"><button type="submit" data-testid="place-order-btn">Pay</button>
</form></body></html>"""

pytestmark = [pytest.mark.journey, pytest.mark.skipif(not CHROMIUM, reason="no Chromium found (CHROMIUM names one)")]


@dataclass
class Shop:
    """A shop with one page, and what was posted to it."""

    url: str = ""
    page: str = ""
    policy: str = ""
    posted: list[dict[str, list[str]]] = field(default_factory=list)


@pytest.fixture
def shop(sandbox) -> Iterator[Shop]:
    made = Shop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.answer(SCRIPT.read_bytes() if self.path == "/payment.js" else made.page.encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            made.posted.append(parse_qs(body, keep_blank_values=True))
            time.sleep(0.2)  # as long as a second click takes
            self.answer(b"<h1>Thank you</h1>")

        def answer(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/javascript" if self.path == "/payment.js" else "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", made.policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/"
    made.page = PAGE.format(key="pk_test_sandbox", base=sandbox.url)
    made.policy = f"default-src 'self'; img-src data:; connect-src 'self' {sandbox.url}"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, shop: Shop) -> Iterator[Page]:
    context = browser.new_context()
    opened = context.new_page()
    opened.set_default_timeout(5000)
    opened.goto(shop.url)
    yield opened
    context.close()


def fill(page: Page, **values: str) -> None:
    card = {"number": "4242424242424242", "expiry": "1234", "cvc": "123", "name": "Jane Doe"} | values
    for name, value in card.items():
        page.get_by_test_id(f"card-{name}-input").fill(value)


def pay(page: Page) -> None:
    page.get_by_test_id("place-order-btn").click()


def said(page: Page) -> str:
    error = page.get_by_test_id("payment-error")
    error.wait_for(state="visible")
    return error.inner_text()


def test_a_card_becomes_a_token_and_never_reaches_the_shop(page, shop):
    fill(page)
    assert page.get_by_test_id("card-number-input").input_value() == "4242 4242 4242 4242"
    assert page.get_by_test_id("card-expiry-input").input_value() == "12 / 34"
    pay(page)
    page.wait_for_selector("h1")
    (posted,) = shop.posted
    assert sorted(posted) == ["method", "payment_token"]
    assert posted["payment_token"][0].startswith("pm_")
    assert "Jane" not in str(shop.posted)


def test_a_double_click_posts_once(page, shop, sandbox):
    fill(page)
    page.get_by_test_id("place-order-btn").dblclick()
    page.wait_for_selector("h1")
    assert len(shop.posted) == 1
    assert sandbox.state()["counts"] == {"payment_method": 1}


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("number", "", "Enter the card number, 12 to 19 digits."),
        ("number", "4242424242424241", "The card number is not right. Please check it."),
        ("expiry", "13/34", "Enter the expiry date as month and year, like 12 / 34."),
        ("cvc", "12", "Enter the security code, 3 or 4 digits."),
        ("name", " ", "Whose card is it?"),
    ],
)
def test_wrong_fields_are_said_and_focused(page, shop, field, value, sentence):
    fill(page, **{field: value})
    pay(page)
    assert said(page) == sentence
    wrong = page.get_by_test_id(f"card-{field}-input")
    assert wrong.evaluate("input => input === document.activeElement")
    assert wrong.get_attribute("aria-invalid") == "true"
    assert shop.posted == []
    wrong.fill("4")
    assert wrong.get_attribute("aria-invalid") is None


def test_all_that_is_missing_is_said_at_once(page, shop):
    pay(page)
    assert said(page) == " ".join(
        (
            "Enter the card number, 12 to 19 digits.",
            "Enter the expiry date as month and year, like 12 / 34.",
            "Enter the security code, 3 or 4 digits.",
            "Whose card is it?",
        )
    )
    for name in ("number", "expiry", "cvc", "name"):
        assert page.get_by_test_id(f"card-{name}-input").get_attribute("aria-invalid") == "true"
    assert page.get_by_test_id("card-number-input").evaluate("input => input === document.activeElement")
    assert page.locator("#cvc_error").inner_text() == "Enter the security code, 3 or 4 digits."
    assert shop.posted == []


def test_what_the_provider_refuses_is_said_and_mended(page, shop):
    fill(page, cvc="1234")
    pay(page)
    assert said(page) == page.locator("#cvc_error").inner_text() == "Enter the security code, 3 or 4 digits."
    fill(page)
    assert page.locator("#cvc_error").is_hidden()
    pay(page)
    page.wait_for_selector("h1")
    assert len(shop.posted) == 1


def test_an_unreachable_provider_is_said_and_may_be_tried_again(page, shop, sandbox):
    fill(page)
    sandbox.faults(errors=1)
    pay(page)
    assert said(page) == "The payment service cannot be reached. Nothing was charged. Please try again."
    pay(page)
    page.wait_for_selector("h1")
    assert len(shop.posted) == 1


def test_coming_back_asks_for_a_new_token(page, shop):
    fill(page)
    pay(page)
    page.wait_for_selector("h1")
    page.go_back()
    assert page.get_by_test_id("place-order-btn").is_enabled()
    assert page.locator("[name=payment_token]").input_value() == ""


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("7", "07"), ("1/34", "01 / 34"), ("12/34", "12 / 34"), ("122034", "12 / 2034"), ("0134", "01 / 34"), ("x1", "1")],
)
def test_the_expiry_is_formatted_while_typing(page, typed, shown):
    field = page.get_by_test_id("card-expiry-input")
    field.press_sequentially(typed)
    assert field.input_value() == shown


def test_american_express_is_grouped_its_own_way_and_can_be_mended_inside(page):
    field = page.get_by_test_id("card-number-input")
    field.press_sequentially("378282246310005")
    assert field.input_value() == "3782 822463 10005"
    field.evaluate("input => input.setSelectionRange(2, 2)")
    field.press("Backspace")
    field.press("7")
    assert field.input_value() == "3782 822463 10005"
    assert field.evaluate("input => input.selectionStart") == 2


def test_another_way_to_pay_needs_no_card_and_posts_once(page, shop, sandbox):
    page.locator("[value=bank]").check()
    page.get_by_test_id("place-order-btn").dblclick()
    page.wait_for_selector("h1")
    assert shop.posted == [{"method": ["bank"], "payment_token": [""]}]
    assert sandbox.state()["counts"] == {}


def test_without_javascript_the_form_posts_without_a_token(browser, shop):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(shop.url)
    pay(page)
    page.wait_for_selector("h1")
    context.close()
    assert shop.posted == [{"method": ["card"], "payment_token": [""]}]
