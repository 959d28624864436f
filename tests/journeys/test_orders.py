"""A shopper's day after the purchase: status, parcels, cancelling some of it, ordering it again; guests by link."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import axe, running, steps
from tests.journeys.running import eventually

NARROW = {"width": 320, "height": 640}


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


def send(shop: running.Shop, number: str) -> None:
    """The warehouse sends the order."""
    token = shop.staff_token()
    for trigger in ("start_fulfillment", "items_picked"):
        status, answer = shop.api("POST", f"orders/{number}/transitions", {"trigger": trigger}, token)
        assert status == 200, answer
    parcel = {"carrier": "UPS", "trackingNumber": "1Z999AA10123456784"}
    status, answer = shop.api("POST", f"orders/{number}/shipments", parcel, token)
    assert status == 201, answer


def deliver(shop: running.Shop, number: str) -> None:
    given = {"trigger": "delivery_confirmed"}
    status, answer = shop.api("POST", f"orders/{number}/transitions", given, shop.staff_token())
    assert status == 200, answer


def cancel_one(page: Page) -> None:
    """One of two units, by the page that says first what comes back."""
    page.get_by_test_id("cancel-units-link").click()
    page.locator("select").first.select_option("1")
    page.get_by_test_id("cancel-units-next").click()
    expect(page.get_by_text(re.compile(r"^\$[\d.,]+ comes back to you, the way you paid\."))).to_be_visible()
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

    send(shop, number)
    page.reload()
    expect(page.get_by_test_id("order-status")).to_have_text("Shipped")
    expect(page.get_by_test_id("cancel-order-btn")).to_have_count(0)
    page.get_by_test_id("tracking").get_by_role("link", name="Track parcel").click()
    expect(page.get_by_test_id("tracking-number")).to_have_text("1Z999AA10123456784")
    expect(page.get_by_test_id("parcel-news")).to_contain_text("Handed to UPS")
    page.get_by_role("link", name=f"Order {number}").click()

    deliver(shop, number)
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
    send(shop, number)

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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_sticks_out(open_page, shop, shopper, scheme):
    page = open_page(color_scheme=scheme)
    steps.sign_up(page, shop, shopper)
    number = buy_two(page, shopper)
    order = f"/orders/{number}/"
    look(page, order)
    look(page, f"{order}cancel/units/")
    field = page.locator("select").first.get_attribute("name")
    look(page, f"{order}cancel/units/?units=1&{field}=1")
    look(page, f"{order}cancel/")
    send(shop, number)
    look(page, order)
    page.get_by_role("link", name="Track parcel").click()
    look(page, page.url)
    deliver(shop, number)
    for url in (order, f"{order}feedback/", "/account/orders/", "/orders/find/"):
        look(page, url)


def look(page: Page, url: str) -> None:
    """At three widths: nothing is wider than the screen, and axe has no objection."""
    page.goto(url)
    for size in (NARROW, steps.PHONE, steps.DESK):
        page.set_viewport_size(size)
        wide: Any = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{url} at {size['width']}: {wide} px too wide"
        assert axe.violations(page) == [], f"{url} at {size['width']}"
