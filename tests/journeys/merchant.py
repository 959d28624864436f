"""What merchants do in the admin, step by step, by the words that stand on the screen."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Locator, Page, expect

from tests.journeys import running
from tests.journeys.running import eventually


def sign_in(admin: Page) -> None:
    admin.goto("/admin/")
    admin.locator("input[name=username], input[name=login]").fill(running.MERCHANT[0])
    admin.locator("input[name=password]").fill(running.MERCHANT[1])
    admin.keyboard.press("Enter")
    expect(admin).to_have_url(re.compile("/admin/$"))


def press(within: Page | Locator, label: str) -> None:
    within.get_by_role("button", name=label, exact=True).click()


def follow(within: Page | Locator, label: str) -> None:
    within.get_by_role("link", name=label, exact=True).first.click()


def told(admin: Page, sentence: str) -> None:
    """The message after what was pressed."""
    expect(admin.get_by_text(sentence).first).to_be_visible()


def add_location(admin: Page, name: str) -> None:
    admin.goto("/admin/inventory/location/add/")
    admin.locator("input[name=name]").fill(name)
    admin.locator("input[name=code]").fill(name.lower())
    press(admin, "Save")
    told(admin, "was added successfully")


def receive_units(admin: Page, sku: str, *, units: int, place: str) -> None:
    admin.goto(f"/admin/inventory/stockitem/?q={sku}")
    follow(admin, sku)
    follow(admin, "Receive units")
    admin.get_by_label("Units").fill(str(units))
    admin.get_by_label("Location").select_option(label=place)
    admin.get_by_label("Reason").fill("Delivery")
    press(admin, "Save")
    told(admin, f"The stock of {sku} was changed.")


def open_order(admin: Page, number: str) -> None:
    admin.goto(f"/admin/checkout/order/?q={number}")
    admin.get_by_role("link", name=number).click()
    expect(admin.locator("h1.order-title")).to_have_text(number)


def parcels(admin: Page, count: int) -> list[Locator]:
    """The order's parcels once there are so many: workers open them."""
    found = admin.get_by_test_id("admin-parcel")
    eventually(lambda: found.count() == count or admin.reload() is None, seconds=30)
    expect(found).to_have_count(count)
    return found.all()


def send_parcel(admin: Page, position: int, tracking: str) -> None:
    """Pack and send one parcel of the order on the screen (its `position`, from 0)."""
    parcel = admin.get_by_test_id("admin-parcel").nth(position)
    press(parcel, "All picked")
    told(admin, "The parcel is packed.")
    follow(parcel, "Dispatch")
    admin.get_by_label("Carrier").fill("UPS")
    admin.get_by_label("Tracking number").fill(tracking)
    admin.locator("form.order-ask button[type=submit]").click()
    told(admin, "Dispatched.")


def deliver_parcel(admin: Page, position: int) -> None:
    press(admin.get_by_test_id("admin-parcel").nth(position), "Delivered")
    told(admin, "The parcel has arrived.")


def status(admin: Page, label: str) -> None:
    expect(admin.get_by_test_id("admin-order-status")).to_have_text(label)


def change_units(admin: Page, units: int, *, reason: str) -> str:
    """Change how many of the order's first line there are; the difference as the preview says it."""
    follow(admin, "Change")
    admin.get_by_test_id("desk-units").first.fill(str(units))
    admin.get_by_label("Reason").fill(reason)
    press(admin, "See what it would do")
    difference = admin.get_by_test_id("desk-difference").inner_text()
    press(admin, "Change the order")
    told(admin, "The order is changed.")
    return difference


def wave_of(admin: Page, number: str) -> None:
    """Find the order's parcel among those to pick, and make a wave of it."""
    eventually(lambda: _is_to_pick(admin, number), seconds=30)
    admin.get_by_role("row").filter(has_text=number).locator("input[type=checkbox]").check()
    admin.locator("select[name=action]").select_option("start_wave")
    admin.locator("button[name=index]").first.click()
    expect(admin.locator("h1.order-title")).to_have_text(re.compile(r"^W-\d{10}$"))


def _is_to_pick(admin: Page, number: str) -> bool:
    admin.goto(f"/admin/checkout/parceltopick/?q={number}")
    return f"{number}-" in admin.locator("#content").inner_text()


def scan(admin: Page, *codes: str) -> None:
    """As a scanner types: into whatever has the focus."""
    for code in codes:
        expect(admin.locator("#scan-code")).to_be_focused()
        admin.keyboard.type(code)
        admin.keyboard.press("Enter")
        admin.wait_for_timeout(300)  # as long as it takes to hold the next unit before the scanner


def not_on_the_shelf(admin: Page, units: int) -> None:
    """Units of the wave's first line are missing: they leave the order."""
    row = admin.get_by_test_id("wave-row").first
    row.locator("summary").first.click()
    row.get_by_label("Units").fill(str(units))
    row.get_by_label("Take off the order and refund").check()
    press(row, "Not on the shelf")
    expect(admin.locator("#scan-told")).to_contain_text("the order; the money goes back.")


def draft(admin: Page, *, email: str, address: Mapping[str, str], sku: str, units: int) -> None:
    """Fill an order in for somebody on the phone, up to the button that places it."""
    admin.goto("/admin/checkout/order/")
    follow(admin, "New draft order")
    admin.locator("[name=email]").fill(email)
    for name, value in address.items():
        field = admin.locator(f"[name=to-{name}]")
        field.select_option(value) if name == "country" else field.fill(value)
    admin.get_by_test_id("desk-search").fill(sku)
    press(admin, "Find")
    admin.get_by_test_id("desk-found").get_by_test_id("desk-add").first.fill(str(units))
    press(admin, "Save the draft")
    expect(admin.get_by_test_id("draft-lines")).to_contain_text(sku)


def place_by_link(admin: Page) -> str:
    """The order's number, its link being on its way."""
    admin.get_by_label("By the link in the mail").check()
    admin.locator("#place").get_by_role("button", name=re.compile("^Place the order for ")).click()
    told(admin, "is mailed the link to pay it")
    return admin.locator("h1.order-title").inner_text()


def take_back(admin: Page, number: str, sku: str) -> None:
    """One unit of a return has come and is as good as new."""
    admin.goto(f"/admin/checkout/return/?q={number}")
    follow(admin, "Receive")
    admin.locator("input[name=code]").fill(sku)
    admin.keyboard.press("Enter")
    told(admin, "received.")
    follow(admin, "Back")
    follow(admin, "Inspect")
    admin.get_by_label("Back on the shelf").fill("1")
    press(admin, "Save")
    told(admin, "Noted.")


def settle(admin: Page, way: str) -> str:
    """Settle the return on the screen as `way` says, after having seen what that does; the amount."""
    follow(admin, "Settle")
    follow(admin.get_by_label("Where it goes"), way)
    amount = admin.get_by_test_id("settlement-amount").inner_text()
    _settled(admin, f"Settled: {amount}.")
    return amount


def exchange(admin: Page) -> None:
    """The same for something else of the same price: no money moves."""
    follow(admin, "Settle")
    follow(admin.get_by_label("Where it goes"), "Exchange for another variant")
    cost = admin.get_by_test_id("settlement-cost").inner_text()
    expect(admin.get_by_test_id("settlement-worth")).to_have_text(f"−{cost}")
    expect(admin.get_by_test_id("settlement-to-pay")).to_have_text("$0.00")
    _settled(admin, f"Settled: {cost} in goods, nothing in money.")


def _settled(admin: Page, sentence: str) -> None:
    press(admin, "Do exactly this")
    told(admin, sentence)
    expect(admin.get_by_test_id("admin-return-status")).to_have_text("settled")


def on_hand(admin: Page, sku: str) -> int:
    """Units of a SKU at all locations, as the list of the stock has them."""
    admin.goto(f"/admin/inventory/stockitem/?q={sku}")
    return sum(int(text) for text in admin.locator("td.field-on_hand").all_inner_texts())
