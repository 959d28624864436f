from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core import signals
from django.core.management import call_command
from django.db import close_old_connections
from django.test import Client

from catalog.search import reports, warming
from catalog.search.models import Searched
from shop.core import kept, pages
from tests.factories import catalog
from tests.factories.currencies import currency

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _kept(settings: Any) -> Iterator[None]:
    settings.KEEP_PAGES, settings.SITE_URL = True, "http://testserver"
    settings.LANGUAGES = [("en", "English")]
    for signal in (signals.request_started, signals.request_finished):  # the tests' own connection stays open
        signal.disconnect(close_old_connections)
    catalog.product(name="Lamp", slug="lamp", category=catalog.category("Lighting"))
    reports.searched("lamp", True)
    yield
    for signal in (signals.request_started, signals.request_finished):
        signal.connect(close_old_connections)
    kept.memory.clear()


def _warm() -> str:
    said = StringIO()
    call_command("warm_cache", stdout=said)
    return said.getvalue().splitlines()[-1]


def test_what_is_asked_for_first_is_made_and_kept() -> None:
    assert list(warming.addresses()) == [
        "/",
        "/products/",
        "/categories/lighting/",
        "/products/lamp/",
        "/products/?q=lamp",
    ]
    assert [_warm(), _warm()] == ["5 pages were made.", "0 pages were made."]


def test_what_has_changed_is_made_anew() -> None:
    _warm()
    pages.changed("product:lamp")
    kept.memory.clear()

    assert _warm() == "1 pages were made."


def test_in_every_language(settings: Any) -> None:
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]

    assert [_warm(), _warm()] == ["10 pages were made.", "0 pages were made."]


def test_in_every_currency() -> None:
    currency("EUR", "0.92")

    assert _warm() == "10 pages were made."


def test_visitors_get_what_was_warmed(monkeypatch: pytest.MonkeyPatch) -> None:
    _warm()

    for address in warming.addresses():
        answer = Client(HTTP_HOST="testserver").get(address)
        assert (answer.status_code, answer.resolver_match.url_name != "") == (200, True)
    monkeypatch.setattr(pages, "keep", lambda *_asked: pytest.fail("made once more"))
    for address in warming.addresses():
        Client(HTTP_HOST="testserver").get(address)


def test_nobody_has_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "_shown", Counter())  # what other tests left is not told now
    monkeypatch.setattr(reports, "_written_at", -reports.WRITTEN_EVERY)
    _warm()

    assert list(Searched.objects.values_list("text", "searches")) == [("lamp", 1)]
    Client(HTTP_HOST="testserver").get("/products/?q=lamp")
    assert list(Searched.objects.values_list("text", "searches")) == [("lamp", 2)]


def test_it_says_so_where_nothing_is_kept(settings: Any) -> None:
    settings.KEEP_PAGES = False

    assert _warm() == "KEEP_PAGES is off: there is nothing to warm."
