"""One running shop for all journeys, and a browser in front of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.journeys import chromium, merchant, running, steps

HERE = Path(__file__).parent
PATIENCE = 15_000  # ms: journeys share the machine with the other tests
_SHOP = pytest.StashKey[running.Shop]()
_FAILED = pytest.StashKey[bool]()


@dataclass(frozen=True)
class Customer:
    """An address, and what a browser keeps after its owner has signed in."""

    email: str
    session: Any


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys are marked as such; without a browser they say why they do not run."""
    for item in items:
        if item.path.parent == HERE:
            item.add_marker(pytest.mark.journey)
            if not chromium.PATH:
                item.add_marker(pytest.mark.skip(reason="no Chromium found (CHROMIUM names one)"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """A failed journey shows what the shop said meanwhile, and pictures of the last pages are kept."""
    report = yield
    item.stash[_FAILED] = report.failed
    if report.failed and _SHOP in item.config.stash:
        report.sections.append(("The shop's log", item.config.stash[_SHOP].tail()))
    return report


@pytest.fixture(scope="package")
def shop(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[running.Shop]:
    """When all journeys are over, what must always hold must hold: `verify_invariants` has the last word."""
    with running.running_shop(tmp_path_factory.mktemp("shop")) as started:
        request.config.stash[_SHOP] = started
        yield started
        del request.config.stash[_SHOP]
        assert started.violations() == ""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """For the journeys only: Playwright's thread has an event loop, beside which Django's ORM refuses to work."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        running_browser = playwright.chromium.launch(executable_path=chromium.PATH, args=chromium.FLAGS)
        yield running_browser
        running_browser.close()


@pytest.fixture
def open_page(browser: Browser, shop: running.Shop, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Any]:
    """A function: `open_page(**options of the browser context)` → a page of a new visitor. With `does_tell` scripts
    wait for what is drawn, as they do for shoppers."""
    contexts = []

    def opened(*, does_tell: bool = False, **options: Any) -> Page:
        context = browser.new_context(**{"base_url": shop.url, "viewport": steps.DESK, **options})
        if not does_tell:
            context.add_init_script(chromium.AT_ONCE)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        return page

    yield opened
    for place, context in enumerate(contexts):
        for number, page in enumerate(context.pages if request.node.stash[_FAILED] else ()):
            page.screenshot(path=tmp_path / f"last-{place}-{number}.png")  # kept by pytest for a while
        context.close()


@pytest.fixture
def page(open_page: Any) -> Page:
    return open_page()


@pytest.fixture(scope="package")
def merchants_session(browser: Browser, shop: running.Shop) -> Any:
    """What a browser keeps after a merchant has signed in, as they do it: once for all journeys."""
    with closing(browser.new_context(base_url=shop.url)) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        merchant.sign_in(page)
        return context.storage_state()


@pytest.fixture
def open_admin(open_page: Any, merchants_session: Any) -> Any:
    """A function: `open_admin(**options)` → a page of a merchant who is signed in, at the desk again."""
    return partial(open_page, storage_state=merchants_session)


@pytest.fixture
def admin(open_admin: Any) -> Page:
    return open_admin()


@pytest.fixture(scope="package")
def customer(browser: Browser, shop: running.Shop) -> Customer:
    """Somebody with an account who buys in several journeys, and never looks at more than the order in question."""
    email = "customer-of-the-journeys@example.com"
    with closing(browser.new_context(base_url=shop.url)) as context:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        steps.sign_up(page, shop, email)
        return Customer(email, context.storage_state())


@pytest.fixture
def shopper(request: pytest.FixtureRequest) -> str:
    """An e-mail address of this test alone."""
    return f"{re.sub('[^a-z0-9]+', '-', request.node.name).strip('-')[:60]}@example.com"
