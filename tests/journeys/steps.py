"""What shoppers do, step by step, by the test ids that black-box tests rely on."""

from __future__ import annotations

import io
import re

from PIL import ImageOps
from playwright.sync_api import Locator, Page, expect

from catalog.imports.demo import drawing
from tests.journeys import ordering, running

DESK = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
PASSWORD = "correct horse of the journeys"
GOOD, DECLINED, CHALLENGED = "4242424242424242", "4000000000000002", "4000002500003155"


def find(page: Page, words: str) -> None:
    """From the home page to the results."""
    page.goto("/")
    field = page.locator("[data-testid=search-input]:visible").first
    field.fill(words)
    field.press("Enter")
    expect(page.get_by_test_id("product-grid")).to_be_visible()


def sign_up(page: Page, shop: running.Shop, email: str) -> None:
    """A new customer, signed in and with a proven address."""
    page.goto("/account/signup/")
    page.locator("main input[name=email]").fill(email)
    page.locator("main input[type=password]").first.fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url("**/confirm-email/")
    mails = running.eventually(lambda: shop.mail(email))
    link = re.search(r"http\S+", mails[-1][1])
    assert link, mails
    page.goto(link[0])
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda url: "/confirm-email/" not in url)
    page.goto("/account/login/")
    if "/login/" in page.url:  # proving the address does not sign in
        page.locator("main input[name=login]").fill(email)
        page.locator("main input[name=password]").fill(PASSWORD)
        page.locator("main button[type=submit]").first.click()
        page.wait_for_url(lambda url: "/login/" not in url)


def save_address(page: Page) -> None:
    page.goto("/account/addresses/add/")
    fields = {"first_name": "Jane", "last_name": "Doe", "address1": "12 Market Street", "city": "Oakland"}
    for name, value in {**fields, "postal_code": "94607"}.items():
        page.locator(f"main [name={name}]").fill(value)
    page.locator("main [name=country]").select_option("US")
    page.locator("main [name=state]").select_option("CA")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/account/addresses/")


def open_first(page: Page) -> None:
    """Click in the middle of the first card."""
    card = page.get_by_test_id("product-grid").locator("> :first-child")
    expect(card).to_have_attribute("data-testid", "product-card")
    card.click()
    expect(page.get_by_test_id("product-details")).to_be_visible()


def add_to_cart(page: Page, *, count: int = 1) -> None:
    page.get_by_test_id("add-to-cart-btn").click()
    expect(page.get_by_test_id("cart-notification")).to_be_visible()
    expect(page.get_by_test_id("cart-count")).to_have_text(str(count))


def to_checkout(page: Page) -> None:
    page.get_by_test_id("cart-icon").first.click()
    expect(page.get_by_test_id("cart-page")).to_be_visible()
    page.get_by_test_id("checkout-btn").click()
    expect(page.get_by_test_id("checkout-form")).to_be_visible()


def give_details(page: Page, email: str) -> None:
    expect(page.get_by_test_id("country-select")).to_have_value("US")
    fields = {
        "email": email,
        "first-name": "Jane",
        "last-name": "Doe",
        "address": "12 Market Street",
        "city": "Oakland",
    }
    for name, value in fields.items():
        page.get_by_test_id(f"{name}-input").fill(value)
    page.get_by_test_id("state-select").select_option("CA")
    page.get_by_test_id("zip-input").fill("94607")
    page.get_by_test_id("delivery-option").first.click()
    page.get_by_test_id("continue-to-payment-btn").click()
    expect(page.get_by_test_id("payment-form")).to_be_visible()


def fill_card(page: Page, number: str) -> None:
    card = {"number": number, "expiry": "12/34", "cvc": "123", "name": "Jane Doe"}
    for name, value in card.items():
        page.get_by_test_id(f"card-{name}-input").fill(value)


def pay(page: Page, number: str = GOOD) -> None:
    fill_card(page, number)
    page.get_by_test_id("place-order-btn").click()


def confirmed(page: Page) -> str:
    """Wait until the payment has settled; the order's number."""
    expect(page.get_by_test_id("order-confirmation")).to_be_visible(timeout=20_000)
    expect(page.get_by_test_id("order-status")).to_have_text("Payment Confirmed")
    number = page.get_by_test_id("order-number").text_content() or ""
    assert re.fullmatch(r"ORD-\d+", number), number
    return number


def to_payment(page: Page, shop: running.Shop, email: str, *, words: str = "laptop") -> str:
    """To the payment page as a guest whose cart has one product; the product's id."""
    product_id, key = ordering.in_cart(shop, words, units=1)
    page.context.add_cookies([{"name": "cart", "value": key, "url": shop.url}])
    page.goto("/checkout/")
    expect(page.get_by_test_id("checkout-form")).to_be_visible()
    give_details(page, email)
    return product_id


def buy(page: Page, email: str, *, words: str = "laptop") -> str:
    """A whole purchase, from the home page on; the order's number."""
    find(page, words)
    open_first(page)
    add_to_cart(page)
    to_checkout(page)
    give_details(page, email)
    pay(page)
    return confirmed(page)


def error_of(page: Page, testid: str) -> Locator:
    found = page.get_by_test_id(testid)
    expect(found).to_be_visible(timeout=20_000)
    return found


def photo() -> dict[str, object]:
    """A photo of what came back."""
    out = io.BytesIO()
    ImageOps.fit(drawing.image(drawing.key("jacket", "#5f7038", "#c9a24b", 0, "plain")), (1200, 900)).save(out, "JPEG")
    return {"name": "scratch.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def ask_return(page: Page, *, wish: str) -> str:
    """Fill the form of a return in, with a photo; the number of the return."""
    line = page.get_by_test_id("return-line").first
    line.get_by_label("How many?").select_option("1")
    line.get_by_label("Why?").select_option("defective")
    line.get_by_label("In which condition is it?").select_option("broken")
    page.get_by_label(wish).check()
    page.get_by_label("Photos").set_input_files([photo()])  # type: ignore[list-item]
    page.get_by_test_id("return-submit-btn").click()
    expect(page.get_by_test_id("return-status")).to_have_text("Approved")
    return page.get_by_test_id("return-number").text_content() or ""
