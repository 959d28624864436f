"""The record of prices, and the lowest of thirty days before a reduction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, InternalError, connections, transaction
from django.test import Client

from catalog.products import history, prices, repricing
from catalog.products.history import Noted
from catalog.products.models import Price, Product, Variant
from catalog.products.price_models import PriceRecord
from shop.core import db
from shop.core.money import Money
from tests.factories import catalog

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def variant_of(product: Product) -> Variant:
    return Variant.objects.get(product=product)


def recorded(variant_id: UUID, price_list: str = "default") -> list[int]:
    rows = PriceRecord.objects.filter(variant_id=variant_id, price_list=price_list).order_by("at", "id")
    return list(rows.values_list("amount_minor", flat=True))


def cost(days: dict[int, int]) -> UUID:
    """A variant that has cost so much since so many days ago."""
    key, now = db.uuid7(), db.clock(db.CATALOG)
    for ago, amount in days.items():
        history.note([Noted(key, "USD", "default", amount, now - ago * DAY)], using=db.CATALOG)
    return key


def test_every_change_is_recorded_once() -> None:
    variant = variant_of(catalog.product(amount=1000))
    for amount, sale in ((1000, None), (1000, 800), (1200, 800), (1200, None)):
        prices.set_price(
            variant_id=variant.pk, amount=Money(amount, "USD"), sale=Money(sale, "USD") if sale else None, by="test"
        )

    assert recorded(variant.pk) == [1000, 800, 1200]


def test_a_sale_that_starts_by_itself_is_recorded_when_it_did() -> None:
    variant = variant_of(catalog.product(amount=1000))
    now = db.clock(db.CATALOG)
    start = now + timedelta(seconds=60)
    prices.set_price(
        variant_id=variant.pk, amount=Money(1000, "USD"), sale=Money(700, "USD"), sale_starts_at=start, by="test"
    )
    start = now - timedelta(seconds=30)  # a minute and a half later
    Price.objects.filter(variant=variant).update(sale_starts_at=start)
    PriceRecord.objects.filter(variant_id=variant.pk)
    with connections[db.CATALOG].cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # the record would be in the future of the sale
        cursor.execute("UPDATE catalog_pricerecord SET at = at - interval '1 hour'")
        cursor.execute("UPDATE catalog_listingprice SET changes_at = %s", [start])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")

    assert repricing.refresh() == 1

    latest = PriceRecord.objects.filter(variant_id=variant.pk).latest("at")
    assert (latest.amount_minor, latest.at) == (700, start)
    assert repricing.refresh() == 0


def test_a_price_list_has_a_record_of_its_own() -> None:
    variant = variant_of(catalog.product(amount=1000))
    prices.set_price(variant_id=variant.pk, amount=Money(800, "USD"), price_list="trade", by="test")
    prices.set_price(variant_id=variant.pk, amount=Money(700, "USD"), by="test")

    assert recorded(variant.pk) == [1000, 700]
    assert recorded(variant.pk, "trade") == [800, 700]


@pytest.mark.parametrize(
    "statement", ["UPDATE catalog_pricerecord SET amount_minor = 1", "DELETE FROM catalog_pricerecord"]
)
def test_the_database_refuses_to_change_the_record(statement: str) -> None:
    catalog.product(amount=1000)
    with (
        pytest.raises((InternalError, IntegrityError), match="append-only"),
        transaction.atomic(using=db.CATALOG),
        connections[db.CATALOG].cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("days", "lowest"),
    [
        ({60: 100_00, 10: 80_00, 0: 90_00}, 80_00),  # 100 → 80 → 90: the reduction is to be told from 80
        ({60: 100_00, 0: 80_00}, 100_00),  # what held when the thirty days began
        ({60: 70_00, 40: 100_00, 0: 80_00}, 100_00),  # 70 was left before
        ({60: 70_00, 29: 100_00, 0: 80_00}, 70_00),  # 70 was left within
        ({90: 100_00, 50: 60_00, 45: 90_00, 40: 80_00}, 60_00),  # of the days before the reduction, not before today
        ({5: 100_00, 0: 90_00}, 100_00),  # not sold for thirty days yet
        ({5: 100_00}, None),
    ],
)
def test_the_lowest_price_of_thirty_days(days: dict[int, int], lowest: int | None) -> None:
    key = cost(days)
    found = history.lowest_in_30_days([key, db.uuid7()], currency="USD")
    assert found == ({key: Money(lowest, "USD")} if lowest else {})
    assert history.lowest_in_30_days([key], currency="EUR") == {}


def test_it_stands_beside_a_reduced_price(client: Client, settings: Any) -> None:
    product = catalog.product(amount=100_00)
    variant = variant_of(product)
    shown = "Lowest price in the 30 days before: $80.00"
    for amount, sale in ((100_00, 80_00), (100_00, 90_00)):
        prices.set_price(variant_id=variant.pk, amount=Money(amount, "USD"), sale=Money(sale, "USD"), by="test")

    assert shown in client.get(product.get_absolute_url()).content.decode()
    settings.SHOW_LOWEST_PRICE = False
    assert shown not in client.get(product.get_absolute_url()).content.decode()
    settings.SHOW_LOWEST_PRICE = True
    prices.set_price(variant_id=variant.pk, amount=Money(100_00, "USD"), by="test")
    assert "Lowest price" not in client.get(product.get_absolute_url()).content.decode()
