"""What shoppers search for, counted."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from catalog.search import reports
from catalog.search.models import Searched
from catalog.search.reports import Line
from shop.core import db
from tests.factories import catalog

pytestmark = pytest.mark.django_db


def searches(text: str, times: int, *, has_results: bool = True, clicks: int = 0) -> None:
    for _ in range(times):
        reports.searched(text, has_results=has_results)
    for _ in range(clicks):
        reports.clicked(text)


def test_reports_tell_what_is_asked_for_most_in_vain_and_unopened() -> None:
    searches("Lamp", 6, clicks=3)
    searches("lamp!", 1)
    searches("torch", 5)
    searches("zeppelin", 8, has_results=False)
    searches("rare", 1)

    lamp, torch, zeppelin = Line("lamp", 7, 0, 3), Line("torch", 5, 0, 0), Line("zeppelin", 8, 8, 0)
    assert reports.top(30, 3) == [zeppelin, lamp, torch]
    assert reports.without_results(30, 9) == [zeppelin]
    assert reports.rarely_clicked(30, 9) == [torch, lamp]
    assert (lamp.clicked, zeppelin.clicked) == (3 / 7, 0.0)


def test_what_kept_pages_were_shown_is_written_some_seconds_later(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("catalog.search.reports.time.monotonic", lambda: now)
    monkeypatch.setattr(reports, "_written_at", now)
    monkeypatch.setattr(reports, "_shown", Counter())  # what other tests left is not told now
    for _ in range(3):
        reports.searched_again("lamp", True)
        reports.searched_again("zeppelin", False)
    assert reports.top(30, 9) == []

    now += reports.WRITTEN_EVERY
    reports.searched_again("lamp", True)
    reports.searched_again("lamp", True)  # of the next seconds

    assert reports.top(30, 9) == [Line("lamp", 4, 0, 0), Line("zeppelin", 3, 3, 0)]


def test_what_was_shown_again_is_written_at_once(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    shown = Counter({("Lamp!", True): 2, ("lamp", False): 1, ("chair", True): 3, ("!", True): 1})
    monkeypatch.setattr(reports, "_shown", shown)
    monkeypatch.setattr(reports, "_written_at", -reports.WRITTEN_EVERY)
    with django_assert_num_queries(1):
        reports.searched_again("lamp", True)

    assert reports.top(30, 9) == [Line("lamp", 4, 1, 0), Line("chair", 3, 0, 0)]


def test_suggestions_are_what_many_searched_for_and_found() -> None:
    searches("lamp", 6)
    searches("lamp shade", 7)
    searches("lamented", reports.POPULAR - 1)
    searches("lampion", 9, has_results=False)

    assert reports.popular("lam", 5) == ["lamp shade", "lamp"]
    assert reports.popular("lam", 1) == ["lamp shade"]


def test_old_searches_are_forgotten() -> None:
    searches("lamp", 1)
    today = db.clock().date()
    Searched.objects.create(day=today - timedelta(days=reports.KEPT_DAYS + 1), text="old", searches=1)
    Searched.objects.create(day=today - timedelta(days=8), text="last week", searches=1)

    assert [line.text for line in reports.top(7, 9)] == ["lamp"]
    assert reports.forget_old() == 1
    assert [line.text for line in reports.top(90, 9)] == ["lamp", "last week"]


def test_a_page_of_results_counts_once(client: Client) -> None:
    catalog.product(name="Lamp")

    for address in ("?q=lamp", "?q=zeppelin", "?q=lamp&sort=price", "?q=lamp&in_stock=1", "?q=%3F%21", "?q=", ""):
        assert client.get(f"/products/{address}").status_code == 200

    assert reports.top(1, 9) == [Line("lamp", 1, 0, 0), Line("zeppelin", 1, 1, 0)]


def test_a_product_opened_from_results_counts_for_them(client: Client) -> None:
    page = f"/products/{catalog.product(name='Lamp').slug}/"
    ours = "http://testserver/products/?q=Lamp&sort=price"

    for referer in (ours, "http://elsewhere.test/products/?q=lamp", "http://testserver/cart/?q=lamp", "http://[", ""):
        assert client.get(page, headers={"Referer": referer}).status_code == 200
    client.get("/products/nothing-there/", headers={"Referer": ours})

    assert [(row.text, row.clicks, row.searches) for row in Searched.objects.all()] == [("lamp", 1, 0)]
