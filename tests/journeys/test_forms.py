"""Forms that move while they are used: a press is a press, and the fields are those of the country that was chosen."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys import steps


@pytest.fixture
def page(open_page) -> Page:
    return open_page(service_workers="block")


def press(page: Page, testid: str) -> None:
    """As a hand does it: down, a moment, up, and the pointer stays where it is."""
    box = page.locator(testid).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(150)
    page.mouse.up()


def test_one_press_is_enough_after_a_refused_password(page, shopper):
    page.goto("/account/signup/")
    page.locator("main input[name=email]").fill(shopper)
    password = page.locator("main input[type=password]").first
    password.fill("12345")
    page.locator("main button[type=submit]").click()
    expect(page.locator("[data-errors]")).to_be_visible()
    page.wait_for_load_state("networkidle")

    password.press_sequentially(steps.PASSWORD)
    press(page, "main button[type=submit]")

    page.wait_for_url("**/confirm-email/")


def test_what_is_wrong_with_a_field_is_said_when_the_press_that_left_it_is_over(page):
    page.goto("/account/login/")
    page.wait_for_load_state("networkidle")
    page.locator("main input[name=login]").fill("nobody")
    page.locator("main h1").hover()
    page.mouse.down()
    expect(page.locator("#id_login_error")).to_be_hidden()
    page.mouse.up()
    expect(page.locator("#id_login_error")).to_be_visible()


def test_a_country_that_is_chosen_before_the_scripts_are_there_has_its_fields(page):
    steps.find(page, "laptop")
    steps.open_first(page)
    steps.add_to_cart(page)
    held: list[Route] = []
    page.route("**/htmx.min*.js", lambda route: held.append(route))
    page.goto("/checkout/", wait_until="commit")
    country = page.get_by_test_id("country-select")
    country.select_option("DE")
    expect(page.get_by_test_id("state-select")).to_be_visible()
    while not held:
        page.wait_for_timeout(50)

    held[0].continue_()

    expect(page.get_by_test_id("state-select")).to_have_count(0)
    expect(country).to_have_value("DE")
    expect(page.locator("label[for=id_postal_code]")).not_to_contain_text("ZIP")
