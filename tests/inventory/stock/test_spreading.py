"""From which locations units would be sent: what is foretold is what a reservation then takes."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db.models.functions import Now

from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock import spreading
from inventory.stock.models import StockItem, StockPolicy
from shop.core import db
from tests.factories import shipping

pytestmark = pytest.mark.django_db
MINUTES = timedelta(minutes=15)


@pytest.fixture
def places() -> list:
    return [shipping.location(f"place-{n}", n) for n in range(3)]


def held(reference: UUID) -> Counter:
    """Units by variant and location."""
    where = dict(StockItem.objects.values_list("pk", "location_id"))
    rows = Reservation.objects.filter(reference=reference)
    return Counter({(row.variant_id, where[row.stock_item_id]): row.quantity for row in rows})


@pytest.mark.parametrize("strategy", ["fewest_parcels", "highest_stock"])
@pytest.mark.parametrize(
    ("levels", "wanted"),
    [
        ([[5, 0], [0, 5], [4, 4]], [3, 3]),
        ([[5, 0], [0, 5], [1, 1]], [4, 4]),
        ([[1, 1], [2, 2], [3, 3]], [6, 1]),
        ([[0, 0], [9, 0], [0, 9]], [9, 9]),
    ],
)
def test_what_is_foretold_is_what_is_taken(places, levels, wanted, strategy):
    StockPolicy.objects.create(strategy=strategy)
    variants = [db.uuid7(), db.uuid7()]
    for place, row in zip(places, levels, strict=True):
        for variant, units in zip(variants, row, strict=True):
            shipping.put(units, variant, place)
    demand = dict(zip(variants, wanted, strict=True))
    parts = spreading.spread(demand).parts(demand)
    reference = db.uuid7()
    reservations.reserve(quantities=demand, reference=reference, ttl=MINUTES, by="test")
    told = Counter({(key, one.location_id): units for one in parts for key, units in one.units.items()})
    assert told == held(reference)


def test_what_is_held_is_not_there_until_it_expires(places):
    variant = db.uuid7()
    shipping.put(5, variant, places[0])
    reservations.reserve(quantities={variant: 4}, reference=db.uuid7(), ttl=MINUTES, by="test")
    assert [one.units for one in spreading.spread({variant}).parts({variant: 5})] == [{variant: 1}]
    Reservation.objects.update(expires_at=Now() - MINUTES)
    assert [one.units for one in spreading.spread({variant}).parts({variant: 5})] == [{variant: 5}]


def test_what_nobody_has_is_in_no_part():
    variant = db.uuid7()
    assert spreading.spread({variant}).parts({variant: 1}) == []


def test_what_comes_later_says_when(places):
    variant, day = db.uuid7(), date(2027, 1, 4)
    shipping.put(1, variant, places[0])
    StockItem.objects.update(backorder_limit=3, expected_on=day)
    assert spreading.spread({variant}).parts({variant: 1}) == [spreading.Part(places[0].pk, {variant: 1}, None)]
    assert spreading.spread({variant}).parts({variant: 2}) == [spreading.Part(places[0].pk, {variant: 2}, day)]


class TestOneLocation:
    @pytest.fixture
    def variant(self, places) -> UUID:
        key = db.uuid7()
        shipping.put(5, key, places[0])
        shipping.put(2, key, places[2])
        return key

    def test_all_of_it_or_nothing(self, places, variant):
        there = spreading.spread({variant})
        assert there.at(places[2].pk, {variant: 2}) == spreading.Part(places[2].pk, {variant: 2})
        assert there.at(places[2].pk, {variant: 3}) is None
        assert there.at(places[1].pk, {variant: 1}) is None

    def test_what_is_not_on_hand_cannot_be_collected(self, places, variant):
        StockItem.objects.update(backorder_limit=9)
        assert spreading.spread({variant}).at(places[2].pk, {variant: 3}) is None

    def test_units_are_held_there(self, places, variant):
        reference = db.uuid7()
        reservations.reserve(quantities={variant: 2}, reference=reference, ttl=MINUTES, by="test", at=places[2].pk)
        assert held(reference) == {(variant, places[2].pk): 2}

    def test_and_nowhere_else(self, places, variant):
        with pytest.raises(reservations.OutOfStock) as refused:
            reservations.reserve(quantities={variant: 3}, reference=db.uuid7(), ttl=MINUTES, by="test", at=places[2].pk)
        assert refused.value.shortages == {variant: 2}
        assert not Reservation.objects.exists()
