"""Queries that are written once: the same rows as Django's own, with other values each time."""

from __future__ import annotations

from threading import Thread
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.db.models import F, Max, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from catalog.products.models import Category, Product, Variant
from shop.core import prepared
from tests.factories import cart as carts
from tests.factories import catalog

pytestmark = pytest.mark.django_db


@prepared.query
def by_slug(slug: str | None, key: UUID | None) -> QuerySet[Product]:
    rows = Product.objects.select_related("category").annotate(newest=Max("variants__created_at"))
    return rows.filter(slug=slug) if key is None else rows.filter(pk=key)


@prepared.query
def after(sku: str, is_backwards: bool) -> QuerySet[Variant, tuple[str, int]]:
    rows = Variant.objects.filter(sku__gt=sku).order_by("-sku" if is_backwards else "sku")
    return rows.values_list("sku", F("position"))


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The SQL that Django has written since."""
    found: list[str] = []
    original = SQLCompiler.as_sql

    def as_sql(self: SQLCompiler, *asked: Any, **more: Any) -> Any:
        sql = original(self, *asked, **more)
        found.append(sql[0])
        return sql

    monkeypatch.setattr(SQLCompiler, "as_sql", as_sql)
    return found


def test_it_is_written_once_and_asked_with_other_values(written: list[str], django_assert_num_queries: Any) -> None:
    one, other = carts.product(name="One"), carts.product(name="Other")
    by_slug(one.slug, None)
    written.clear()
    with django_assert_num_queries(3):
        found = [by_slug(slug, None) for slug in (one.slug, other.slug, "no-such")]
    assert [[row.pk for row in rows] for rows in found] == [[one.pk], [other.pk], []]
    assert written == []


def test_rows_are_those_that_django_gives(django_assert_num_queries: Any) -> None:
    product = carts.product(category=catalog.category("Lamps"))
    created_at = carts.variant_of(product).created_at
    with django_assert_num_queries(1):
        [row] = by_slug(None, product.pk)
        assert (row.category.name, row.newest) == ("Lamps", created_at)
    assert (row, row.category, row._state.db) == (product, Category.objects.get(), "default")
    assert row.__dict__.keys() - {"newest"} == Product.objects.select_related("category").get().__dict__.keys()


def test_what_the_query_depends_on_makes_it_another_one() -> None:
    skus = sorted(carts.variant_of(carts.product(sku=sku)).sku for sku in ("A", "B"))
    assert [sku for sku, _position in after("", False)] == skus
    assert [sku for sku, _position in after("", True)] == skus[::-1]
    assert after("C", True) == []


def test_each_thread_asks_on_its_own_connection(django_assert_num_queries: Any) -> None:
    by_slug("x", None)
    found: list[Any] = []

    def ask() -> None:
        try:
            found.append(by_slug("x", None))
        finally:
            connection.close()

    with django_assert_num_queries(0):  # of this thread's connection
        thread = Thread(target=ask)
        thread.start()
        thread.join()
    assert found == [[]]


@pytest.mark.parametrize("value", [1.5, 7, ["x"], b"x"])
def test_other_values_are_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="no value of a query"):
        by_slug(value, None)


def test_so_is_one_that_is_not_used_as_it_is() -> None:
    for build in (
        lambda slug: Product.objects.filter(slug=slug.lower()),
        lambda slug: Product.objects.filter(slug="x"),
    ):
        with pytest.raises(TypeError, match="does not use"):
            prepared.query(build)("x")


def test_nothing_is_kept_of_the_values() -> None:
    query = prepared.query(lambda key: Product.objects.filter(pk=key))
    for _time in range(50):
        query(uuid4())
    assert len(query.written) == 1
