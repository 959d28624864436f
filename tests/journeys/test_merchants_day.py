"""A merchant's day, from the morning's delivery to books that agree: everything by clicking, money by the sandbox."""

from __future__ import annotations

import re
from decimal import Decimal

from playwright.sync_api import Page, expect

from tests.journeys import books, merchant, ordering, running, steps
from tests.journeys.running import eventually

SHIRT, LARGE, MEDIUM = "Breton t-shirt", "CLO-125-03", "M · Terracotta"
CALLER = {
    "first_name": "Ada", "last_name": "Lovelace", "address1": "1 Analytical Way", "city": "Oakland", "state": "CA",
    "postal_code": "94607", "country": "US",
}  # fmt: skip


def buy(page: Page, email: str, words: str, *, units: int, size: str) -> str:
    """An order of so many units, in this size, of the first product that is found; its number."""
    steps.find(page, words)
    steps.open_first(page)
    page.get_by_test_id("variant-select").locator("label", has_text=re.compile(rf"^\s*{size}\s*$")).click()
    expect(page.get_by_test_id("product-details")).to_have_attribute("data-sku", LARGE)
    page.get_by_test_id("quantity-input").fill(str(units))
    steps.add_to_cart(page, count=units)
    steps.to_checkout(page)
    steps.give_details(page, email)
    steps.pay(page)
    return steps.confirmed(page)


def send_back(page: Page, number: str, *, wish: str, exchange: str = "") -> str:
    """One unit; the number of the return."""
    page.goto(f"/orders/{number}/")
    page.get_by_test_id("return-btn").click()
    line = page.get_by_test_id("return-line").first
    line.get_by_label("How many?").select_option("1")
    line.get_by_label("Why?").select_option("does_not_fit")
    line.get_by_label("In which condition is it?").select_option("unopened")
    if exchange:
        choice = line.get_by_label("Exchange for")
        told = re.compile(rf"^{re.escape(exchange)}, (for the same price|\$[\d.,]+ (more|less))$")
        priced = choice.locator("option").filter(has_text=told)
        choice.select_option(priced.get_attribute("value"))
    page.get_by_label(wish).check()
    page.get_by_test_id("return-submit-btn").click()
    expect(page.get_by_test_id("return-status")).to_have_text("Approved")
    return page.get_by_test_id("return-number").inner_text()


def pay_by_link(page: Page, shop: running.Shop, email: str, number: str) -> None:
    """The caller pays on the page that the mail leads to."""
    subject = f"Please pay for order {number}"
    [text] = eventually(lambda: [text for title, text in shop.mail(email) if title == subject])
    assert f"We have made order {number} for you" in text
    page.goto(re.search(r"http\S+", text)[0])  # type: ignore[index]
    steps.pay(page)
    assert steps.confirmed(page) == number


def minor(amount: str) -> int:
    """ "−$12.50" in cents, without its sign."""
    return int(Decimal(re.sub(r"[^\d.]", "", amount)) * 100)


def check(shop: running.Shop, *numbers: str) -> dict[str, dict[str, int]]:
    """Papers, ledger, payments and the provider say the same of each order, to the cent, and every invariant holds."""
    assert eventually(lambda: shop.is_quiet, seconds=30)
    found = books.read(shop, *numbers)
    for number, told in found.items():
        ledger, taken = told["ledger"], sum(one["amount_captured"] for one in shop.money_taken(number))
        assert told["invoiced"] - told["credited"] == told["due"] > 0, number
        assert told["captured"] - told["returned"] - told["store_credit"] == told["due"], number
        assert (told["balance"], -ledger["customer_receivable"]) == (0, told["due"]), number
        assert ledger["provider_clearing:stripe"] == told["captured"] - told["returned"], number
        assert -ledger.get("refunds_payable:store_credit", 0) == told["store_credit"], number
        assert (taken, sum(one["amount"] for one in shop.refunds(number))) == (told["captured"], told["returned"])
    return found


def test_a_merchants_day(admin, open_page, shop, shopper, customer):
    merchant.add_location(admin, "East")
    merchant.receive_units(admin, LARGE, units=2, place="East")  # the third one lies in the main warehouse

    page = open_page(storage_state=customer.session)
    shirts = buy(page, customer.email, SHIRT, units=3, size="L")
    other, _path = ordering.paid(shop, shopper, words="Oxford shirt", units=4)

    # partial shipment from two locations
    merchant.open_order(admin, shirts)
    first, second = merchant.parcels(admin, 2)
    assert sorted(("East" in one.inner_text(), "2 ×" in one.inner_text()) for one in (first, second)) == [
        (False, False), (True, True),
    ]  # fmt: skip
    merchant.send_parcel(admin, 0, "1Z1")
    merchant.status(admin, "Processing")
    page.goto(f"/orders/{shirts}/")
    expect(page.get_by_role("heading", name="Part of your order is on its way")).to_be_visible()

    # an edit with a refund, then a short pick of the same order
    merchant.open_order(admin, other)
    less = minor(merchant.change_units(admin, 3, reason="Asked for on the phone"))
    [refund] = eventually(lambda: shop.refunds(other))
    assert refund["amount"] == less
    merchant.wave_of(admin, other)
    sku = admin.locator(".wave-sku").inner_text()
    merchant.scan(admin, sku, sku)
    expect(admin.get_by_test_id("wave-progress")).to_have_text("2 of 3 units")
    merchant.not_on_the_shelf(admin, 1)
    merchant.press(admin, "Finish 1 complete parcel")
    expect(admin.get_by_test_id("wave-status")).to_have_text("picked")
    merchant.follow(admin, f"Pack {other}-1")
    expect(admin.get_by_test_id("pack-parcel")).to_contain_text(f"{other}-1")
    admin.keyboard.press("Enter")
    expect(admin.locator("#scan-told")).to_contain_text(f"Parcel {other}-1 is handed to Demo Parcel")

    # a phone order paid by link
    merchant.draft(admin, email=f"caller-{shopper}", address=CALLER, sku="CLO-126-01", units=2)
    phoned = merchant.place_by_link(admin)
    pay_by_link(open_page(), shop, f"caller-{shopper}", phoned)
    merchant.open_order(admin, phoned)
    merchant.status(admin, "Payment Confirmed")
    merchant.parcels(admin, 1)
    merchant.send_parcel(admin, 0, "1Z2")
    merchant.status(admin, "Shipped")

    # the rest of the first one leaves; all of it arrives
    merchant.open_order(admin, shirts)
    merchant.send_parcel(admin, 1, "1Z3")
    merchant.status(admin, "Shipped")
    for position in (0, 1):
        merchant.deliver_parcel(admin, position)
    merchant.status(admin, "Delivered")

    # a return with restock and store credit, then an exchange
    merchant.take_back(admin, send_back(page, shirts, wish="Store credit"), LARGE)
    amount = merchant.settle(admin, "Store credit")
    page.goto("/account/credit/")
    expect(page.locator("main")).to_contain_text(amount)
    wish = "Exchange for another variant"
    merchant.take_back(admin, send_back(page, shirts, wish=wish, exchange=MEDIUM), LARGE)
    merchant.exchange(admin)
    merchant.open_order(admin, shirts)
    merchant.parcels(admin, 3)
    merchant.send_parcel(admin, 2, "1Z4")
    merchant.deliver_parcel(admin, 2)
    merchant.status(admin, "Delivered")

    found = check(shop, shirts, other, phoned)
    assert {number: told["store_credit"] for number, told in found.items()} == {
        shirts: minor(amount), other: 0, phoned: 0,
    }  # fmt: skip
    assert [len(found[number]["papers"]) for number in (shirts, other, phoned)] == [4, 3, 1]
    admin.reload()
    papers = admin.get_by_test_id("admin-order-documents")
    for number in found[shirts]["papers"]:
        expect(papers).to_contain_text(number)
    assert merchant.on_hand(admin, LARGE) == 2  # what came back is on the shelf
