"""What a shopper sends back, from the order's page to store credit in the account."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys import ordering, running, steps


def test_a_return_with_a_photo_becomes_store_credit(open_page, admin, shop, customer):
    token = shop.token(customer.email, steps.PASSWORD)
    number, path = ordering.paid(shop, customer.email, token=token)  # lamps: of their rule nobody need approve
    page = open_page(storage_state=customer.session)
    ordering.send(shop, number)
    ordering.deliver(shop, number)
    page.goto(path)
    page.get_by_test_id("return-btn").click()
    button = page.locator("input[type=file]").evaluate(
        "it => getComputedStyle(it, '::file-selector-button').fontWeight"
    )
    assert button == page.locator(".button").first.evaluate("it => getComputedStyle(it).fontWeight"), "as other buttons"
    found = steps.ask_return(page, wish="Store credit")
    label = page.request.get(page.get_by_test_id("return-label").get_attribute("href") or "")
    assert (label.status, label.headers["content-type"], label.body()[:5]) == (200, "application/pdf", b"%PDF-")
    assert page.locator(".return-photos img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 1200

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
    page.goto(path)
    note = page.get_by_test_id("document-link").filter(has_text="Credit note")
    assert running.eventually(lambda: note.count() or (page.reload() and False)), "the worker writes it"
    paper = page.request.get(note.get_attribute("href") or "")
    assert (paper.status, paper.headers["content-type"], paper.body()[:5]) == (200, "application/pdf", b"%PDF-")
    page.goto("/account/credit/")
    expect(page.locator("main")).to_contain_text(amount)
    subject = f"Your return is done (order {number})"
    told = running.eventually(lambda: [text for title, text in shop.mail(customer.email) if title == subject])
    assert [f"{amount} is in your account as store credit now." in text for text in told] == [True]
