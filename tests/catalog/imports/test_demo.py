"""The demo catalogue's data: complete, plausible and the same every time."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from catalog.imports import rows as plain
from catalog.imports.demo import bought, drawing, load, rows
from catalog.imports.demo.scenes.table import KINDS
from catalog.imports.formats import jsonl


@pytest.fixture(scope="module")
def products() -> list[dict[str, Any]]:
    return list(rows.products())


def _variants(row: dict[str, Any]) -> list[dict[str, Any]]:
    return row.get("variants") or [row]


def test_there_are_enough_products_in_eight_departments(products: list[dict[str, Any]]) -> None:
    departments = Counter(row["category_path"][0] for row in products)
    assert len(products) >= 240
    assert len(departments) == 8
    assert min(departments.values()) >= 25
    assert len({row["brand"] for row in products}) >= 20


def test_it_is_the_same_every_time(products: list[dict[str, Any]]) -> None:
    assert list(rows.products()) == products


def test_every_row_is_a_good_row_of_the_import(products: list[dict[str, Any]]) -> None:
    for row in products:
        parsed = jsonl.parse(json.dumps(load._without_keys(row)), currency="USD")
        assert len(parsed.variants) == len(_variants(row))
        assert all(variant.gtin for variant in parsed.variants), "the check digit is right"


@pytest.mark.parametrize(("currency", "digits"), [("EUR", 2), ("JPY", 0)])
def test_prices_are_in_the_shops_currency(settings: Any, currency: str, digits: int) -> None:
    settings.DEFAULT_CURRENCY = currency
    for row in rows.products():
        jsonl.parse(json.dumps(load._without_keys(row)), currency=currency)
        assert row["currency"] == currency
        for one in _variants(row):
            if price := one.get("price"):
                assert len(price.partition(".")[2]) == digits


def test_skus_and_gtins_are_unique(products: list[dict[str, Any]]) -> None:
    variants = [variant for row in products for variant in _variants(row)]
    assert len({variant["sku"] for variant in variants}) == len(variants)
    assert len({variant["ean"] for variant in variants}) == len(variants)
    assert all(variant["ean"].startswith("2") for variant in variants)


def test_gtins_have_the_check_digit_that_the_import_demands() -> None:
    good = rows.ean("MUG-1")
    assert plain.gtin(good) == good
    assert plain.gtin(good[:-1] + str((int(good[-1]) + 1) % 10)) == ""


def test_sales_are_ten_to_forty_percent_off(products: list[dict[str, Any]]) -> None:
    amounts = [one for row in products for one in (row, *_variants(row)) if one.get("sale_price")]
    assert amounts
    for one in amounts:
        assert 0.57 <= float(one["sale_price"]) / float(one["price"]) <= 0.93


def test_some_variants_are_low_some_gone_and_few_products_sold_out(products: list[dict[str, Any]]) -> None:
    stocks = [variant["stock"] for row in products for variant in _variants(row)]
    gone = [row for row in products if not any(variant["stock"] for variant in _variants(row))]
    assert sum(1 for stock in stocks if 1 <= stock <= 5) > 10
    assert 2 <= len(gone) <= 15


def test_a_shopper_who_looks_for_a_laptop_finds_several(products: list[dict[str, Any]]) -> None:
    assert sum("laptop" in row["name"] for row in products) >= 10


def test_reviews_are_varied_and_mostly_kind(products: list[dict[str, Any]]) -> None:
    reviews = [review for row in products for review in row["reviews"]]
    ratings = Counter(review["rating"] for review in reviews)
    assert set(ratings) == {1, 2, 3, 4, 5}
    assert 3.6 <= sum(rating * count for rating, count in ratings.items()) / len(reviews) <= 4.5
    assert max(len(row["reviews"]) for row in products) <= 25
    assert any(not row["reviews"] for row in products)
    assert len({review["author"] for review in reviews}) >= 30


def test_every_picture_can_be_drawn(products: list[dict[str, Any]]) -> None:
    keys = [key for row in products for key, _alt, _sku in load._pictures(row)]
    kinds, grounds = {key.split(".")[0] for key in keys}, {key.split(".")[-1] for key in keys}
    assert kinds <= KINDS.keys()
    assert len(kinds) >= 40
    assert grounds == set(drawing.GROUPS)


def test_past_orders_are_of_things_that_go_together(products: list[dict[str, Any]]) -> None:
    kinds = {row["id"]: row["product_type"] for row in products}
    orders = bought.orders()

    assert orders == bought.orders()
    assert len(orders) == bought.ORDERS
    assert set(kinds.values()) == set(bought.GOES_WITH)
    assert {kind for several in bought.GOES_WITH.values() for kind in several} <= set(bought.GOES_WITH)
    for order in orders:
        one, *others = order["products"]
        assert 2 <= len(order["products"]) == len(set(order["products"])) <= 5
        assert 0 <= order["days_ago"] < bought.DAYS
        assert kinds[others[0]] in bought.GOES_WITH[kinds[one]]
    sold = Counter(key for order in orders for key in order["products"])
    assert len(sold) > 0.9 * len(kinds)
    assert sold.most_common(1)[0][1] >= 15
