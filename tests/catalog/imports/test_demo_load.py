"""Loading the demo: everything is in, stock is in the ledger, and a second time changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage

from catalog.imports.demo import files, illustrate, load, rows
from catalog.products.models import Category, Image, Product, Variant
from catalog.reviews import bringing as reviews
from catalog.reviews.models import Review
from inventory.stock.models import StockItem, StockMovement
from shop.core.db import uuid7

pytestmark = pytest.mark.django_db(databases="__all__")


@pytest.fixture
def few(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Two products instead of all, and an empty media folder."""
    settings.MEDIA_ROOT = tmp_path
    chosen = [row for row in rows.products() if row["reviews"]][::120][:2]
    monkeypatch.setattr(rows, "products", lambda: iter(chosen))
    grounds = {row["pictures"][0]["key"].rsplit(".", 1)[1] for row in chosen}
    departments = tuple(one for one in rows.departments() if one["ground"] in grounds)
    monkeypatch.setattr(rows, "departments", lambda: departments)
    return chosen


def _state() -> list[Any]:
    return [
        list(Product.objects.order_by("pk").values()),
        list(Image.objects.order_by("pk").values_list("pk", "file")),
        Review.objects.count(),
        StockMovement.objects.count(),
        list(Category.objects.order_by("path").values()),
    ]


def test_everything_is_in_and_a_second_time_changes_nothing(few: list[dict[str, Any]]) -> None:
    report = load.load()
    reviews.bring_in(reviews=load.reviews(), by="system")
    assert (report.created, report.failed) == (2, 0)
    stocks = {v["sku"]: v["stock"] for row in few for v in (row.get("variants") or [row])}
    assert dict(Variant.objects.values_list("sku", "sku")).keys() == stocks.keys()
    assert dict(StockItem.objects.values_list("sku", "on_hand")) == stocks
    assert Review.objects.count() == sum(len(row["reviews"]) for row in few)
    assert sorted(Product.objects.values_list("rating_count", flat=True)) == sorted(len(row["reviews"]) for row in few)
    for image in Image.objects.all():
        assert default_storage.exists(image.file.name)
        assert all(default_storage.exists(one.name) for one in image.file.get_picture_files_list())
    assert all(default_storage.exists(node.picture) for node in Category.objects.filter(depth=1))
    before = _state()
    assert load.load().unchanged == 2
    assert reviews.bring_in(reviews=load.reviews(), by="system") == 0
    assert _state() == before


def test_products_without_a_picture_get_one_that_is_drawn(few: list[dict[str, Any]]) -> None:
    load.load()
    Image.objects.all().delete()
    assert illustrate.illustrate(job_id=uuid7()) == 2
    assert all(default_storage.exists(image.file.name) for image in Image.objects.all())
    assert Image.objects.count() == 2
    assert illustrate.illustrate(job_id=uuid7()) == 0


def test_a_picture_that_is_there_is_not_drawn_again(few: list[dict[str, Any]]) -> None:
    key = few[0]["pictures"][0]["key"]
    for expected in (1, 0):
        with files.begin([key]) as pictures:
            assert pictures.total == expected
            pictures.finish()


def test_many_pictures_are_drawn_by_workers(few: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FEW", 0)
    heard: list[tuple[int, int]] = []
    with files.begin([few[0]["pictures"][0]["key"]]) as pictures:
        pictures.finish(lambda done, total: heard.append((done, total)))
    assert heard == [(1, 1)]
    assert default_storage.exists(files.name_of(few[0]["pictures"][0]["key"]))
