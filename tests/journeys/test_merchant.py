"""A merchant takes a paid order to the shopper's door, in the admin."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.journeys import merchant, ordering
from tests.journeys.running import eventually


def press(page: Page, label: str, status: str) -> None:
    page.get_by_role("button", name=label, exact=True).click()
    expect(page.get_by_test_id("admin-order-status")).to_have_text(status)


def test_a_merchant_ships_and_the_shopper_follows(page, admin, shop, shopper):
    number, path = ordering.paid(shop, shopper)
    page.goto(path)
    expect(page.get_by_test_id("order-status")).to_have_text("Payment Confirmed")

    merchant.open_order(admin, number)
    expect(admin.get_by_test_id("admin-order-status")).to_have_text("Payment Confirmed")
    press(admin, "Start processing", "Processing")
    press(admin, "Mark as picked", "Ready to Ship")
    admin.get_by_role("link", name="Dispatch", exact=True).first.click()
    admin.get_by_label("Carrier").fill("UPS")
    admin.get_by_label("Tracking number").fill("1Z999AA10123456784")
    press(admin, "Dispatch", "Shipped")

    page.reload()
    expect(page.get_by_test_id("order-status")).to_have_text("Shipped")
    expect(page.get_by_test_id("tracking")).to_contain_text("1Z999AA10123456784")
    subject = f"Your parcel is on its way (order {number})"
    told = eventually(lambda: [text for title, text in shop.mail(shopper) if title == subject])
    assert ["UPS, number 1Z999AA10123456784" in text for text in told] == [True]

    press(admin, "Mark as delivered", "Delivered")
    page.reload()
    expect(page.get_by_test_id("order-status")).to_have_text("Delivered")
