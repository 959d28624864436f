"""A review from the form to the shop: written with a photo, read by the merchant and answered, found helpful."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys import axe, merchant, running, steps


def test_a_review_is_written_published_answered_and_found_helpful(open_page, admin, shop, customer):
    products = shop.api("GET", "products/?q=lamp&limit=3")[1]["data"]
    slug = products[-1]["slug"]
    page = open_page(storage_state=customer.session, viewport=steps.PHONE)
    page.goto(f"/products/{slug}/")
    page.locator("#reviews").scroll_into_view_if_needed()
    page.get_by_test_id("review-write").click()
    page.get_by_test_id("review-submit").click()
    missing = page.locator("#id_rating_error")
    expect(missing).to_have_text("Please choose how many stars you give.")
    expect(page.get_by_role("radio", name="1 star")).to_be_focused()
    assert axe.violations(page) == []
    page.get_by_role("radio", name="3 stars").focus()
    page.keyboard.press("ArrowRight")  # what is chosen by keyboard is what is sent
    page.keyboard.press("Space")
    expect(page.get_by_role("radio", name="4 stars")).to_be_checked()
    expect(missing).to_be_hidden()
    page.get_by_label("In one line").fill("A journey of light")
    page.get_by_label("In your words").fill("It shines.\nEvery evening.")
    page.get_by_label("Photos").set_input_files([steps.photo()])  # type: ignore[list-item]
    assert axe.violations(page) == []
    page.get_by_test_id("review-submit").click()
    expect(page.get_by_test_id("review-state")).to_have_text("Your review waits for us to read it.")

    admin.goto("/admin/catalog/review/")
    merchant.follow(admin, "A journey of light")
    expect(admin.locator(".review-photos img")).to_have_count(1)
    admin.get_by_label("Our answer").fill("Thank you!")
    merchant.press(admin, "Answer")
    merchant.told(admin, "The answer is kept.")
    merchant.press(admin, "Publish")
    merchant.told(admin, "The review is shown.")

    other = open_page()
    steps.sign_up(other, shop, "reader-of-the-journeys@example.com")
    other.goto(f"/products/{slug}/")
    other.locator("#reviews").scroll_into_view_if_needed()
    review = other.get_by_test_id("review").filter(has_text="A journey of light")
    expect(review.get_by_test_id("review-reply")).to_contain_text("Thank you!")
    photo = review.locator(".review__photos img")
    photo.scroll_into_view_if_needed()
    assert running.eventually(lambda: photo.evaluate("image => image.naturalWidth")) == 320
    vote = review.get_by_test_id("review-helpful")
    vote.click()
    expect(vote).to_have_attribute("aria-pressed", "true")
    expect(vote).to_be_focused()
    assert axe.violations(other, within="#reviews") == []

    plain = open_page(java_script_enabled=False, storage_state=other.context.storage_state())
    plain.goto(f"/products/{slug}/reviews/")
    again = plain.get_by_test_id("review").filter(has_text="A journey of light").get_by_test_id("review-helpful")
    again.click()
    expect(again).to_have_attribute("aria-pressed", "false")
    assert "#review-" in plain.url
    assert axe.violations(plain, has_script=False) == []
