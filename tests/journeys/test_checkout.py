"""From the home page to a paid order, and what may come between."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys import ordering, steps
from tests.journeys.running import eventually


def test_a_guest_buys_with_a_card(page, shop, shopper):
    steps.find(page, "laptop")
    steps.open_first(page)
    steps.add_to_cart(page)
    steps.to_checkout(page)
    steps.give_details(page, shopper)
    total = page.locator("[data-pay]").inner_text().removeprefix("Pay ")
    steps.pay(page)
    number = steps.confirmed(page)

    expect(page.get_by_test_id("order-total")).to_have_text(total)
    expect(page.get_by_test_id("cart-count")).to_have_text("0")
    page.get_by_test_id("view-order-btn").click()
    expect(page.get_by_test_id("order-details")).to_be_in_viewport()
    (charge,) = shop.money_taken(number)
    assert f"${charge['amount_captured'] / 100:,.2f}" == total
    assert eventually(lambda: len(shop.mail(shopper)) == 3), shop.mail(shopper)
    placed, paid = [mail for mail in shop.mail(shopper) if number in mail[0]]  # the third is the invoice
    assert (placed[0], paid[0]) == (f"We have your order {number}", f"Paid: order {number} is yours")
    assert f"/orders/{number}/?key=" in paid[1]
    page.reload()
    expect(page.get_by_test_id("order-status")).to_have_text("Payment Confirmed")


def test_a_declined_card_then_another_one(page, shop, shopper):
    steps.to_payment(page, shop, shopper)
    steps.pay(page, steps.DECLINED)
    expect(steps.error_of(page, "payment-error")).to_contain_text("declined")
    assert [status for _number, status in shop.orders_of(shopper)] == ["payment_pending"]
    steps.pay(page)
    number = steps.confirmed(page)
    assert len(shop.money_taken(number)) == 1
    assert shop.orders_of(shopper) == [(number, "payment_confirmed")]


def test_whoever_pays_again_has_the_total_in_sight(page, shop, shopper):
    """Beside the form where there is room, and after it where there is none."""
    steps.to_payment(page, shop, shopper)
    steps.pay(page, steps.DECLINED)
    steps.error_of(page, "payment-error")
    form, total = page.get_by_test_id("payment-form"), page.get_by_role("complementary", name="Total")

    page.get_by_test_id("place-order-btn").scroll_into_view_if_needed()
    expect(total).to_be_in_viewport()
    beside, at = form.bounding_box(), total.bounding_box()
    assert beside["x"] + beside["width"] < at["x"]
    assert at["y"] < beside["y"] + beside["height"]
    page.set_viewport_size(steps.PHONE)
    form_is, total_is = form.bounding_box(), total.bounding_box()
    assert form_is["y"] + form_is["height"] < total_is["y"]


def test_the_bank_asks_and_is_answered(page, shop, shopper):
    steps.to_payment(page, shop, shopper)
    steps.pay(page, steps.CHALLENGED)
    page.get_by_test_id("authenticate-btn").click(timeout=20_000)
    assert shop.orders_of(shopper)[0][1] == "payment_pending"
    page.get_by_test_id("challenge-complete").click()
    assert len(shop.money_taken(steps.confirmed(page))) == 1


def test_the_bank_asks_and_is_not_answered(page, shop, shopper):
    steps.to_payment(page, shop, shopper)
    steps.pay(page, steps.CHALLENGED)
    page.get_by_test_id("authenticate-btn").click(timeout=20_000)
    page.get_by_test_id("challenge-fail").click()
    steps.error_of(page, "payment-error")
    ((number, status),) = shop.orders_of(shopper)
    assert status == "payment_pending"
    assert shop.money_taken(number) == []
    steps.pay(page)
    assert steps.confirmed(page) == number


def test_a_purchase_without_javascript(open_page, shop, shopper):
    page = open_page(java_script_enabled=False)
    steps.find(page, "laptop")
    steps.open_first(page)
    steps.add_to_cart(page)
    steps.to_checkout(page)
    steps.give_details(page, shopper)
    expect(page.get_by_test_id("card-number-input")).to_be_hidden()
    page.get_by_test_id("place-order-btn").click()
    for name, value in {"number": steps.GOOD, "expiry": "12 / 34", "cvc": "123", "name": "Jane Doe"}.items():
        page.locator(f"#{name}").fill(value)
    page.get_by_test_id("sandbox-pay-btn").click()
    assert len(shop.money_taken(steps.confirmed(page))) == 1


def test_another_country_without_javascript(open_page, shop, shopper):
    """Nobody is asked for the state of a country that has none: neither by the browser nor by the shop."""
    page = open_page(java_script_enabled=False)
    _id, key = ordering.in_cart(shop, "laptop", units=1)
    page.context.add_cookies([{"name": "cart", "value": key, "url": shop.url}])
    page.goto("/checkout/")
    page.get_by_test_id("country-select").select_option("DE")
    told = {"email": shopper, "first-name": "Jane", "last-name": "Doe", "address": "Marktstr. 1", "city": "Berlin"}
    for name, value in told.items():
        page.get_by_test_id(f"{name}-input").fill(value)
    page.get_by_test_id("zip-input").fill("10115")

    page.get_by_test_id("continue-to-payment-btn").click()  # which the browser does not refuse
    expect(page.get_by_test_id("state-select")).to_be_hidden()
    page.get_by_test_id("country-select").select_option("US")
    page.get_by_role("button", name="Show the fields for this country").click()
    expect(page.get_by_test_id("state-select")).to_be_visible()
    page.get_by_test_id("country-select").select_option("DE")
    page.get_by_role("button", name="Show the fields for this country").click()
    expect(page.get_by_test_id("state-select")).to_be_hidden()
    page.get_by_test_id("delivery-option").first.click()
    page.get_by_test_id("continue-to-payment-btn").click()
    expect(page.get_by_test_id("payment-form")).to_be_visible()


def test_ten_clicks_make_one_order(page, shop, shopper):
    steps.to_payment(page, shop, shopper)
    steps.fill_card(page, steps.GOOD)
    page.get_by_test_id("place-order-btn").evaluate("button => { for (let i = 0; i < 10; i++) button.click() }")
    number = steps.confirmed(page)
    assert shop.orders_of(shopper) == [(number, "payment_confirmed")]
    assert len(shop.money_taken(number)) == 1


def test_the_same_form_posted_ten_times_at_once_makes_one_order(page, shop, shopper):
    """What the page's script prevents is prevented without it as well."""
    steps.to_payment(page, shop, shopper)
    answers = page.evaluate(
        """async () => {
            const form = document.querySelector("[data-payment-form]");
            const data = new URLSearchParams(new FormData(form));
            data.set("payment_token", "pm_card_visa");
            const posts = Array.from({length: 10}, () => fetch(form.action, {method: "POST", body: data}));
            return (await Promise.all(posts)).map(answer => answer.url);
        }"""
    )
    ((number, _status),) = shop.orders_of(shopper)
    page.goto(next(url for url in answers if f"/orders/{number}/" in url))
    assert steps.confirmed(page) == number
    assert len(shop.money_taken(number)) == 1


def test_a_cancelled_order_is_refunded(page, shop, shopper):
    number, path = ordering.paid(shop, shopper)
    page.goto(path)
    page.get_by_test_id("cancel-order-btn").click()
    expect(page.get_by_text(re.compile(r"\$[\d.,]+ comes back to you, the way you paid\."))).to_be_visible()
    assert shop.refunds(number) == []
    page.get_by_test_id("cancel-order-btn").click()
    expect(page.get_by_test_id("order-status")).to_have_text("Cancelled")
    (charge,) = shop.money_taken(number)
    refunds = eventually(lambda: shop.refunds(number))
    assert [refund["amount"] for refund in refunds] == [charge["amount_captured"]]
