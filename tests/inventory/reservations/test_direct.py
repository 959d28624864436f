"""What the one statement serves, and what it leaves to the long way untouched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from inventory.reservations import direct, selectors
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock.models import Location, StockItem
from shop.core import db
from shop.events import types
from shop.events.models import OutboxEvent
from tests.factories.inventory import LocationFactory, stocked
from tests.inventory.checks import assert_adds_up, counters, events

TTL = timedelta(minutes=15)
pytestmark = pytest.mark.django_db


def ask(quantities: dict[UUID, int], reference: UUID | None = None) -> direct.Answer:
    return direct.reserve(quantities=quantities, reference=reference or uuid4(), ttl=TTL, by="guest")


def test_it_holds_every_line_and_counts_a_version() -> None:
    lamp, chair, reference = stocked(15), stocked(19), uuid4()
    before, version = db.clock(db.INVENTORY), lamp.version
    answer = ask({chair.variant_id: 3, lamp.variant_id: 2}, reference)
    assert answer.held_until is not None
    assert answer.is_known is False
    assert before + TTL <= answer.held_until <= db.clock(db.INVENTORY) + TTL
    assert (counters(lamp), counters(chair)) == ((15, 2, 0, 0), (19, 3, 0, 0))
    assert selectors.held_until(reference) == answer.held_until
    rows = {row.stock_item_id: row for row in Reservation.objects.filter(reference=reference)}
    assert {key: (row.variant_id, row.quantity) for key, row in rows.items()} == {
        lamp.pk: (lamp.variant_id, 2),
        chair.pk: (chair.variant_id, 3),
    }
    assert {(row.status, row.actor, row.ended_at) for row in rows.values()} == {("open", "guest", None)}
    assert StockItem.objects.get(pk=lamp.pk).version == version + 1
    assert_adds_up()


@pytest.mark.parametrize(
    ("units", "low", "wanted"), [(15, 0, 15), (15, 0, 16), (22, 20, 2), (21, 20, 1), (15, 0, 6), (9, 10, 1)]
)
def test_the_last_units_and_the_one_that_makes_it_low_have_something_to_tell(units: int, low: int, wanted: int) -> None:
    item = stocked(units, low=low)
    assert ask({item.variant_id: wanted}).held_until is None
    assert (counters(item), Reservation.objects.count()) == ((units, 0, 0, 0), 0)


@pytest.mark.parametrize(("units", "low", "wanted"), [(15, 0, 5), (22, 20, 1), (19, 20, 8)])
def test_units_that_merely_become_fewer_have_not(units: int, low: int, wanted: int) -> None:
    item = stocked(units, low=low)
    told = OutboxEvent.objects.count()
    assert ask({item.variant_id: wanted}).held_until is not None
    assert OutboxEvent.objects.count() == told


def elsewhere(item: StockItem) -> None:
    stocked(5, variant_id=item.variant_id, location=LocationFactory().code)


def waited_for(item: StockItem) -> None:
    StockItem.objects.filter(pk=item.pk).update(has_waiting=True)


def beyond_stock(item: StockItem) -> None:
    StockItem.objects.filter(pk=item.pk).update(backorder_limit=3)


def closed(item: StockItem) -> None:
    Location.objects.filter(pk=item.location_id).update(is_active=False)


@pytest.mark.parametrize("make", [elsewhere, waited_for, beyond_stock, closed])
def test_what_needs_a_decision_is_left_alone_and_so_are_the_lines_beside_it(make: Callable[[StockItem], None]) -> None:
    plain, item = stocked(19), stocked(19)
    make(item)
    for quantities in ({item.variant_id: 1}, {plain.variant_id: 1, item.variant_id: 1}):
        assert ask(quantities) == direct.Answer(None, is_known=False)
    assert (counters(plain)[1], counters(item)[1], Reservation.objects.count()) == (0, 0, 0)


def test_all_or_nothing_when_a_later_line_turns_low() -> None:
    first, second = sorted([stocked(19, low=12), stocked(19, low=12)], key=lambda item: item.pk)
    assert ask({first.variant_id: 1, second.variant_id: 8}).held_until is None
    assert (counters(first)[1], counters(second)[1], Reservation.objects.count()) == (0, 0, 0)


def test_an_unknown_variant_is_left_alone() -> None:
    assert ask({uuid4(): 1}) == direct.Answer(None, is_known=False)


@pytest.mark.parametrize("end", [lambda reference: None, reservations.release, reservations.commit])
def test_a_reference_that_held_before_is_left_to_those_who_look_what(end: Callable[..., object]) -> None:
    item, reference = stocked(19), uuid4()
    assert ask({item.variant_id: 2}, reference).held_until is not None
    if end in (reservations.release, reservations.commit):
        end(reference=reference, by="system")
    assert ask({item.variant_id: 2}, reference) == direct.Answer(None, is_known=True)


@pytest.mark.django_db(transaction=True)
def test_it_is_a_transaction_of_its_own() -> None:
    item = stocked(5)
    with transaction.atomic(using=db.INVENTORY), pytest.raises(RuntimeError, match="durable"):
        ask({item.variant_id: 1})
    assert counters(item) == (5, 0, 0, 0)


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_test_it_is_one_query(django_assert_num_queries) -> None:
    item = stocked(15)
    with django_assert_num_queries(1, using=db.INVENTORY):
        reservations.reserve(quantities={item.variant_id: 1}, reference=uuid4(), ttl=TTL, by="guest")


def test_F05_a_second_click_that_looked_before_the_first_one_took_the_last_unit(monkeypatch) -> None:
    item, reference = stocked(1), uuid4()
    wish = {"quantities": {item.variant_id: 1}, "reference": reference, "ttl": TTL, "by": "guest"}
    looked = direct.reserve

    def first_one_takes_it(**given: object) -> direct.Answer:
        monkeypatch.setattr(direct, "reserve", looked)
        reservations.reserve(**wish)
        return direct.Answer(None, is_known=False)

    monkeypatch.setattr(direct, "reserve", first_one_takes_it)
    assert reservations.reserve(**wish) == selectors.held_until(reference)
    assert counters(item) == (1, 1, 0, 0)


SUBSCRIBERS = {types.StockReserved: ("tests.inventory.reservations.test_direct.hear",)}


def hear(event: dict[str, object]) -> None:
    """A subscriber; the delivery is what is looked at."""


def test_a_reservation_is_told_as_soon_as_somebody_hears_it(settings) -> None:
    item, reference = stocked(5), uuid4()
    reservations.reserve(quantities={item.variant_id: 1}, reference=uuid4(), ttl=TTL, by="guest")
    assert events("StockReserved") == []
    settings.EVENT_SUBSCRIBERS = "tests.inventory.reservations.test_direct.SUBSCRIBERS"
    until = reservations.reserve(quantities={item.variant_id: 1}, reference=reference, ttl=TTL, by="guest")
    assert events("StockReserved") == [{"reference": str(reference), "expires_at": until.isoformat()}]
    assert_adds_up()
