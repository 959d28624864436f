"""A shopper's day after the purchase: status, parcels, cancelling some of it, ordering it again; guests by link."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import axe, ordering, steps
from tests.journeys.running import eventually

NARROW = {"width": 320, "height": 640}
Look = Callable[[str], None]


def buy_two(page: Page, email: str, *, hosted: bool = False) -> str:
    """An order of two units with a gift message; its number."""
    steps.find(page, "lamp")
    steps.open_first(page)
    page.locator("main input[name=quantity]").first.fill("2")
    steps.add_to_cart(page, count=2)
    steps.to_checkout(page)
    page.get_by_text("Add a gift message or PO number").click()
    page.get_by_test_id("gift-message-input").fill("Happy birthday!\nYours, Jane")
    page.get_by_test_id("po-number-input").fill("PO-4711")
    steps.give_details(page, email)
    expect(page.locator(".facts-box")).to_contain_text("PO-4711")
    if not hosted:
        steps.pay(page)
        return steps.confirmed(page)
    page.get_by_test_id("place-order-btn").click()
    for name, value in {"number": steps.GOOD, "expiry": "12 / 34", "cvc": "123", "name": "Jane Doe"}.items():
        page.locator(f"#{name}").fill(value)
    page.get_by_test_id("sandbox-pay-btn").click()
    return steps.confirmed(page)


def cancel_one(page: Page, look: Look = lambda _what: None) -> None:
    """One of two units, by the page that says first what comes back."""
    page.get_by_test_id("cancel-units-link").click()
    look("which units to cancel")
    page.locator("select").first.select_option("1")
    page.get_by_test_id("cancel-units-next").click()
    expect(page.get_by_text(re.compile(r"^\$[\d.,]+ comes back to you, the way you paid\."))).to_be_visible()
    look("what cancelling them does")
    page.get_by_test_id("cancel-units-btn").click()


def test_a_shoppers_day(page, shop, shopper):
    number = buy_two(page, shopper)
    expect(page.get_by_test_id("gift-message")).to_have_text("Happy birthday!\nYours, Jane")
    total = page.get_by_test_id("order-total").inner_text()
    cancel_one(page)
    expect(page.get_by_text("It is off your order.")).to_be_visible()
    expect(page.get_by_text("1 cancelled")).to_be_visible()
    expect(page.get_by_test_id("order-total")).not_to_have_text(total)
    (refund,) = eventually(lambda: shop.refunds(number))
    back = f"${refund['amount'] / 100:,.2f}"
    page.reload()
    expect(page.get_by_test_id("order-story")).to_contain_text(f"{back} ")

    ordering.send(shop, number)
    page.reload()
    expect(page.get_by_test_id("order-status")).to_have_text("Shipped")
    expect(page.get_by_test_id("cancel-order-btn")).to_have_count(0)
    page.get_by_test_id("tracking").get_by_role("link", name="Track parcel").click()
    expect(page.get_by_test_id("tracking-number")).to_have_text("1Z999AA10123456784")
    expect(page.get_by_test_id("parcel-news")).to_contain_text("Handed to UPS")
    page.get_by_role("link", name=f"Order {number}").click()

    ordering.deliver(shop, number)
    page.reload()
    expect(page.get_by_test_id("order-status")).to_have_text("Delivered")
    expect(page.get_by_test_id("return-btn")).to_be_visible()
    with page.expect_response(re.compile(r"documents/.*\.pdf")) as answered:
        page.get_by_test_id("document-link").first.evaluate("link => fetch(link.href)")
    assert answered.value.headers["content-type"] == "application/pdf"
    page.get_by_test_id("reorder-btn").click()
    expect(page.get_by_text("1 item is in your cart again.")).to_be_visible()
    expect(page.get_by_test_id("cart-count")).to_have_text("1")

    wanted = {
        f"We have your order {number}",
        f"Paid: order {number} is yours",
        f"Your order {number} was changed",
        f"{back} of order {number} went back to you",
        f"Your parcel is on its way (order {number})",
        f"Your parcel has arrived (order {number})",
    }
    titles = eventually(lambda: found if wanted <= (found := {title for title, _text in shop.mail(shopper)}) else None)
    assert titles, {title for title, _text in shop.mail(shopper)}
    told = [title for title, _text in shop.mail(shopper)]
    assert len(told) == len(set(told))


def test_a_guest_without_script_comes_back_by_the_mailed_link(open_page, shop, shopper):
    page = open_page(java_script_enabled=False)
    number = buy_two(page, shopper, hosted=True)
    cancel_one(page)
    expect(page.get_by_text("1 cancelled")).to_be_visible()
    ordering.send(shop, number)

    other = open_page(java_script_enabled=False, viewport=steps.PHONE)  # another day, another device
    assert other.goto(f"/orders/{number}/").status == 404
    other.goto("/orders/find/")
    other.get_by_label("Order number").fill(number.lower())
    other.get_by_label("E-mail").fill(shopper)
    other.get_by_role("button", name="Find the order").click()
    expect(other.get_by_text("a link to it is on its way to that address")).to_be_visible()
    subject = f"Your order {number}"
    (text,) = eventually(lambda: [text for title, text in shop.mail(shopper) if title == subject])
    other.goto(re.search(r"http\S+", text)[0])
    expect(other.get_by_test_id("order-status")).to_have_text("Shipped")
    other.get_by_role("link", name="Track parcel").click()
    expect(other.get_by_test_id("tracking-number")).to_have_text("1Z999AA10123456784")
    other.go_back()
    other.get_by_test_id("reorder-btn").click()
    expect(other.get_by_test_id("cart-count")).to_have_text("1")


@pytest.mark.parametrize(
    ("who", "size", "has_script", "scheme"),
    [
        ("customer", steps.DESK, True, "light"),
        ("customer", steps.PHONE, False, "dark"),
        ("guest", steps.PHONE, True, "dark"),
        ("guest", steps.DESK, False, "light"),
    ],
    ids=["customer-1280-script", "customer-390-plain", "guest-390-script", "guest-1280-plain"],
)
def test_the_shoppers_side_of_a_day(open_page, shop, shopper, who, size, has_script, scheme):
    """Everything after the purchase, on every page of it: nothing sticks out at any width, and axe finds nothing."""
    page = open_page(viewport=size, java_script_enabled=has_script, color_scheme=scheme)
    token = ""
    if who == "customer":
        steps.sign_up(page, shop, shopper)  # without script, too
        token = shop.token(shopper, steps.PASSWORD)
    look = partial(seen, page, has_script=has_script)

    unwanted, path = ordering.paid(shop, shopper, token=token)
    page.goto(path)
    look("the order when it is paid")
    cancel_all(page, look)
    assert eventually(lambda: shop.refunds(unwanted)), "all of it comes back"

    number, path = ordering.paid(shop, shopper, token=token)
    page.goto(path)
    expect(page.get_by_test_id("order-status")).to_have_text("Payment Confirmed")
    cancel_one(page, look)
    expect(page.get_by_text("1 cancelled")).to_be_visible()
    (refund,) = eventually(lambda: shop.refunds(number))
    download(page, "Invoice")
    download(page, "Credit note")
    page.reload()
    expect(page.get_by_test_id("order-story")).to_contain_text(f"${refund['amount'] / 100:,.2f} ")
    look("the order with a unit cancelled")

    ordering.send(shop, number)
    page.reload()
    expect(page.get_by_test_id("order-status")).to_have_text("Shipped")
    look("the order under way")
    page.get_by_test_id("tracking").get_by_role("link", name="Track parcel").click()
    expect(page.get_by_test_id("tracking-number")).to_have_text("1Z999AA10123456784")
    look("the parcel")
    page.get_by_role("link", name=f"Order {number}").click()

    ordering.deliver(shop, number)
    page.reload()
    expect(page.get_by_test_id("order-status")).to_have_text("Delivered")
    look("the order when it has arrived")
    send_back(page, look)

    page.goto(path.replace(f"{number}/", f"{number}/feedback/"))
    look("the questions")
    page.goto("/account/orders/" if token else "/orders/find/")
    look("the way back to it")


def cancel_all(page: Page, look: Look) -> None:
    """Both units: that is the whole order, which is asked for once more."""
    page.get_by_test_id("cancel-units-link").click()
    page.locator("select").first.select_option("2")
    page.get_by_test_id("cancel-units-next").click()
    expect(page.get_by_role("heading", name="Cancel this order?")).to_be_visible()
    look("the question whether to cancel the order")
    page.get_by_role("button", name="Cancel this order").click()
    expect(page.get_by_test_id("order-status")).to_have_text("Cancelled")
    look("the cancelled order")


def send_back(page: Page, look: Look) -> None:
    """Ask for a return with a photo, and keep the thing after all."""
    page.get_by_test_id("return-btn").click()
    look("the form of a return")
    page.get_by_test_id("return-submit-btn").click()
    expect(page.get_by_text("Choose what you want to send back.").first).to_be_visible()
    look("the form of a return that is not filled in")
    steps.ask_return(page, wish="Money back the way it was paid")
    page.locator(".return-photos img").scroll_into_view_if_needed()
    expect(page.locator(".return-photos img")).to_have_js_property("naturalWidth", 1200)
    look("the return")
    label = page.request.get(page.get_by_test_id("return-label").get_attribute("href") or "")
    assert (label.status, label.headers["content-type"], label.body()[:5]) == (200, "application/pdf", b"%PDF-")
    page.get_by_test_id("return-cancel-btn").click()
    look("the question whether to keep it")
    page.get_by_role("button", name="Cancel this return").click()
    expect(page.get_by_test_id("return-status")).to_have_text("Cancelled")
    look("the return that is off")


def download(page: Page, kind: str) -> None:
    """A paper behind its link on the order's page; a worker writes it."""
    link = page.get_by_test_id("document-link").filter(has_text=kind)
    assert eventually(lambda: link.count() or (page.reload() and False)), f"no {kind}"
    answer = page.request.get(link.first.get_attribute("href") or "")
    assert (answer.status, answer.headers["content-type"], answer.body()[:5]) == (200, "application/pdf", b"%PDF-")


def seen(page: Page, what: str, *, has_script: bool) -> None:
    """At three widths nothing is wider than the screen; at the page's own, axe has no objection."""
    own = page.viewport_size
    for size in (NARROW, steps.PHONE, steps.DESK):
        page.set_viewport_size(size)
        wide: Any = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{what} at {size['width']}: {wide} px too wide"
    page.set_viewport_size(own)
    assert axe.violations(page, has_script=has_script) == [], what


def test_without_script_a_transfer_says_at_once_where_to(open_page, shop, shopper):
    page = open_page(java_script_enabled=False, viewport=steps.PHONE)
    steps.to_payment(page, shop, shopper, words="lamp")
    page.get_by_label("Bank transfer").check()
    page.get_by_test_id("place-order-btn").click()
    page.wait_for_load_state()
    number = page.get_by_test_id("order-number").inner_text()
    facts = page.locator("dl.facts").inner_text()  # as the page came, not as it refreshes itself
    assert (number in facts, "IBAN" in facts.upper(), page.locator(".spinner").count()) == (True, True, 0)
    seen(page, "the transfer", has_script=False)
