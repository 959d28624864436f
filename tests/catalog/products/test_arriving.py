"""The promise on a product's page: true for the shop's own country, and only for as long as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client

from cart.shipping import calendars
from cart.shipping.models import ShippingMethod
from catalog.products import arriving
from catalog.products import page as product_pages
from catalog.products.models import Product
from shop.core import db as databases
from tests.factories import catalog, shipping

pytestmark = pytest.mark.django_db


@pytest.fixture
def lamp() -> Product:
    return catalog.product(name="Lamp", slug="lamp", sku="LAMP", amount=1000, units=20, indexed=False)


@pytest.fixture(autouse=True)
def _no_way_of_delivery(db: None) -> None:
    ShippingMethod.objects.all().delete()
    calendars.forget()


def promised(moment: datetime | None = None, **facts: Any) -> Any:
    found = product_pages.product_page(slug="lamp", currency="USD")
    assert found is not None
    assert found.variant is not None
    if moment is not None:
        found = replace(found, variant=replace(found.variant, moment=moment, **facts))
    return arriving.promise(found)


MONDAY = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)


def test_it_says_when_it_comes_and_for_how_much(lamp: Product) -> None:
    shipping.method("post", min_days=1, max_days=2)

    told = promised(MONDAY)

    assert told["text"] == "Arrives Wed, Mar 4"
    assert told["cost_text"].startswith("Post to United States of America costs $5.00.")


def test_a_way_that_costs_nothing_is_free(lamp: Product) -> None:
    shipping.method("post", price_minor=0)

    assert "is free." in promised(MONDAY)["cost_text"]


def test_it_holds_until_the_cut_off_or_a_quarter_of_an_hour(lamp: Product) -> None:
    shipping.method("post", cut_off=time(9, 10))
    assert promised(MONDAY)["until"] == MONDAY.replace(minute=10)

    assert promised(MONDAY + timedelta(minutes=6))["until"] == MONDAY.replace(minute=15)
    assert promised(MONDAY.replace(hour=23, minute=50))["until"] == datetime(2026, 3, 3, tzinfo=UTC)


def test_nothing_is_promised_where_nobody_knows(lamp: Product) -> None:
    assert promised(MONDAY) is None  # no way of delivery
    shipping.method("post")
    assert promised(MONDAY) is not None
    assert promised(MONDAY, availability="out") is None
    assert promised(MONDAY, availability="backorder") is None
    assert promised(MONDAY, availability="backorder", expected_on=date(2026, 4, 1)) is not None


def test_what_is_collected_is_no_delivery(lamp: Product) -> None:
    where = shipping.location("chicago")
    shipping.point(where)
    shipping.put(5, lamp.variants.get().pk, where)
    shipping.method("collect", kind="collect", location_id=where.pk)

    assert promised(MONDAY) is None


def test_the_page_says_it_and_ends_with_it(lamp: Product) -> None:
    shipping.method("post")

    response = Client().get("/products/lamp/")

    assert 'data-testid="delivery-promise">Arrives ' in response.content.decode()
    until = response.public_until  # type: ignore[attr-defined]
    assert 0 < until - databases.clock().timestamp() <= 15 * 60
