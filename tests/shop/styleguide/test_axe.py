"""The style guide has every component in every state: axe finds nothing wrong with any of them."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Page, Route, sync_playwright

from tests.conventions.code import ROOT
from tests.journeys import axe, chromium
from tests.journeys.states import SETTLED

SITE = "http://guide.test"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not chromium.PATH, reason="no Chromium found (CHROMIUM names one)"),
]


def _file(route: Route) -> None:
    path = ROOT / route.request.url.removeprefix(f"{SITE}/")
    if path.is_file() and path.is_relative_to(ROOT / "static"):
        route.fulfill(body=path.read_bytes(), content_type=mimetypes.guess_type(path.name)[0] or "font/woff2")
    else:
        route.abort()


@pytest.fixture
def page(client: Client, settings: object) -> Iterator[Page]:
    """The guide as it is written, in a browser that gets style, fonts and scripts as they stand in static/."""
    settings.DEBUG = True  # type: ignore[attr-defined]
    html = client.get("/styleguide/").content
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.PATH, args=chromium.FLAGS)
        page = browser.new_page(reduced_motion="reduce", viewport={"width": 1280, "height": 900})
        page.route("**/*", _file)
        page.route(f"{SITE}/styleguide/", lambda route: route.fulfill(body=html, content_type="text/html"))
        page.goto(f"{SITE}/styleguide/")
        page.evaluate("document.fonts.ready")
        yield page
        browser.close()


def test_nothing_is_wrong_with_any_component(page: Page) -> None:
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("Figtree"), "it has its style sheets"
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        for direction in ("ltr", "rtl"):
            page.evaluate("(way) => { document.documentElement.dir = way }", direction)
            page.evaluate(SETTLED)
            assert axe.violations(page) == [], (scheme, direction)
