"""Every page of the storefront in every state: what the gallery shows and what axe looks at.

A state is a scene, what is done on its page, and the name of its picture. A page that says that the shop is broken
cannot be asked for from one that is not: it is written from its template.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, expect

from tests.journeys import scenes
from tests.journeys.scenes import Prepare, World, at, in_arabic, of_a_customer

# What is on its way has come, and is drawn.
SETTLED = """async () => {
    await document.fonts.ready;
    const late = performance.now() + 5000;
    while (document.querySelector(".htmx-request") && performance.now() < late) {
        await new Promise((done) => setTimeout(done, 20));
    }
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""


def nothing(_page: Page) -> None:
    """The page as it comes."""


@dataclass(frozen=True)
class State:
    """`name`: of the picture's file. `template`: what is shown instead of what is at the path. `is_print`: on paper.
    `is_window`: what is over the page or stays in the window is what counts, not the whole page."""

    name: str
    title: str
    prepare: Prepare
    act: Callable[[Page], None] = nothing
    template: str = ""
    is_print: bool = False
    is_window: bool = False


def type_in_search(page: Page) -> None:
    field = page.locator("[data-testid=search-input]:visible").first
    field.click()
    field.press_sequentially("lam")
    expect(page.get_by_test_id("search-suggestions").get_by_role("option").first).to_be_visible()


def open_filters(page: Page) -> None:
    button = page.locator("button.filters-open")
    if button.is_visible():
        button.click()
        expect(page.locator("#filters")).to_be_visible()


def add_to_cart(page: Page) -> None:
    page.get_by_test_id("add-to-cart-btn").click()
    expect(page.get_by_test_id("cart-notification")).to_be_visible()


def open_coupon(page: Page) -> None:
    field = page.get_by_test_id("coupon-input")
    if not field.is_visible():
        page.get_by_text("Add a discount code").click()
    field.fill("NO-SUCH-CODE")
    page.get_by_test_id("coupon-apply-btn").click()
    expect(page.locator("#coupon_error")).to_be_visible()


def go_on_at_once(page: Page) -> None:
    page.get_by_test_id("email-input").fill("jane.doe@example")
    page.get_by_test_id("continue-to-payment-btn").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()


def fill_in(page: Page) -> None:
    fields = {"email": "jane.doe@example.com", "first-name": "Jane", "last-name": "Doe", "address": "12 Market Street"}
    for name, value in {**fields, "city": "Oakland", "zip": "94607"}.items():
        page.get_by_test_id(f"{name}-input").fill(value)
    page.get_by_test_id("state-select").select_option("CA")
    page.get_by_test_id("zip-input").blur()
    expect(page.locator("#summary")).to_contain_text("California")


def open_summary(page: Page) -> None:
    fold = page.locator("#summary summary")
    if fold.is_visible() and not page.locator("#summary .mini").is_visible():
        fold.click()


def pay_at_once(page: Page) -> None:
    page.get_by_test_id("card-number-input").fill("4242 4242 4242 4241")
    page.get_by_test_id("place-order-btn").click()
    expect(page.get_by_test_id("payment-error")).to_be_visible()


def send_empty(page: Page) -> None:
    page.locator("main form button[type=submit]").last.click()
    expect(page.locator("main [data-errors], main [aria-invalid=true]").first).to_be_visible()


STATES = (
    State("home", "Home", at("/")),
    State("list", "A list", at("/products/")),
    State("category", "A category", at("/categories/kitchen/")),
    State("list-filtered", "A filtered list", at("/products/?price_max=60&in_stock=1&sort=rating")),
    State("list-filters-open", "The filters, open", at("/products/"), open_filters, is_window=True),
    State("list-last-page", "The last page of a list, with what is sold out", at("/products/?page=11")),
    State("search", "Search results", at("/products/?q=lamp")),
    State("search-nothing", "No results", at("/products/?q=zzzzqqq")),
    State("search-suggestions", "Suggestions while typing", at("/"), type_in_search, is_window=True),
    State("product", "A product", at("/products/quilted-jacket/")),
    State("product-added", "A product, put into the cart", at("/products/morning-mug/"), add_to_cart, is_window=True),
    State("product-sold-out", "A product that is sold out", scenes.sold_out_product),
    State("product-long-name", "A product with a very long name", scenes.long_named_product),
    State("reviews", "All reviews of a product", at("/products/studio-mug/reviews/")),
    State("cart-empty", "The cart, empty", at("/cart/")),
    State("cart", "The cart", scenes.full_cart),
    State("cart-code-refused", "The cart with a code that does not count", scenes.full_cart, open_coupon),
    State("cart-problem", "The cart when something changed meanwhile", scenes.cart_with_problems),
    State("checkout", "Checkout", scenes.checkout),
    State("checkout-errors", "Checkout with errors", scenes.checkout, go_on_at_once),
    State("checkout-filled", "Checkout, filled in", scenes.checkout, fill_in),
    State("payment", "Payment", scenes.payment),
    State("payment-summary", "Payment with the order unfolded", scenes.payment, open_summary),
    State("payment-error", "Payment with a wrong card number", scenes.payment, pay_at_once),
    State("order-declined", "A declined payment", scenes.declined),
    State("order-bank-asks", "The bank wants to know who pays", scenes.bank_asks),
    State("order-pending", "A payment that takes its time", scenes.pending),
    State("order-transfer", "To be paid by bank transfer", scenes.transfer),
    State("order-confirmation", "Confirmation", scenes.confirmation),
    State("order-paid", "An order that is paid", scenes.paid),
    State("order-parcels", "An order under way", scenes.under_way),
    State("order-parcel", "A parcel", scenes.parcel),
    State("order-delivered", "An order that has arrived", scenes.delivered),
    State("order-print", "An order on paper", scenes.under_way, is_print=True),
    State("order-cancel", "Cancelling an order", scenes.cancelling),
    State("order-cancel-some", "Cancelling some of an order", scenes.cancelling_some),
    State("order-find", "Finding an order", at("/orders/find/")),
    State("order-feedback", "What was bought, to be reviewed", scenes.feedback),
    State("return-form", "Returning something", scenes.return_form),
    State("return-form-errors", "Returning something, with errors", scenes.return_form, send_empty),
    State("return", "A return", scenes.return_page),
    State("account", "Account", scenes.customer),
    State("account-orders", "Orders of an account", of_a_customer("/account/orders/")),
    State("account-addresses", "Addresses of an account", of_a_customer("/account/addresses/")),
    State("account-address", "An address", of_a_customer("/account/addresses/add/")),
    State("account-cards", "Cards of an account", of_a_customer("/account/cards/")),
    State("account-credit", "Store credit", of_a_customer("/account/credit/")),
    State("account-preferences", "Preferences", of_a_customer("/account/preferences/")),
    State("account-email", "E-mail addresses of an account", of_a_customer("/account/email/")),
    State("account-password", "A new password", of_a_customer("/account/password/change/")),
    State("account-second-factor", "The second factor", of_a_customer("/account/2fa/")),
    State("account-sign-out", "Signing out", of_a_customer("/account/logout/")),
    State("sign-in", "Signing in", at("/account/login/")),
    State("sign-in-errors", "Signing in, with errors", at("/account/login/"), send_empty),
    State("sign-up", "Signing up", at("/account/signup/")),
    State("password-forgotten", "A forgotten password", at("/account/password/reset/")),
    State("gift-card", "Gift card balance", at("/gift-cards/")),
    State("not-found", "404", at("/products/there-is-no-such-thing/")),
    State("order-not-found", "404 of an order", at("/orders/ORD-2026999999/")),
    State("offline", "No network", at("/offline/")),
    State("ar-home", "Home, in Arabic", in_arabic(at("/"))),
    State("ar-list", "A list, in Arabic", in_arabic(at("/products/"))),
    State("ar-product", "A product, in Arabic", in_arabic(at("/products/quilted-jacket/"))),
    State("ar-cart", "The cart, in Arabic", in_arabic(scenes.full_cart)),
    State("ar-checkout", "Checkout, in Arabic", in_arabic(scenes.checkout)),
    State("ar-checkout-errors", "Checkout with errors, in Arabic", in_arabic(scenes.checkout), go_on_at_once),
    State("error", "500", at("/error/"), template="500.html"),
    State("maintenance", "Maintenance", at("/error/"), template="maintenance.html"),
)


def show(page: Page, world: World, state: State) -> None:
    """Bring a page of a visitor of the state's scene into the state, with everything that it loads."""
    if state.template:
        page.route("**/error/", lambda route: _broken(route, state.template))
    page.goto(world.scene(state.prepare).path)
    state.act(page)
    if state.is_print:
        page.emulate_media(media="print")
    page.evaluate(SETTLED)


def _broken(route: Route, template: str) -> None:
    route.fulfill(status=503, content_type="text/html", body=render_to_string(template))
