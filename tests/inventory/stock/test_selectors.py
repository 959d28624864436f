from datetime import timedelta
from uuid import uuid4

import pytest

from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock import selectors, services
from inventory.stock.models import Location, StockItem, StockMovement
from shop.core import cache, db
from tests.factories.inventory import LocationFactory, stocked

pytestmark = pytest.mark.django_db


def test_available_sums_active_locations_and_knows_nothing_of_strangers() -> None:
    item, stranger = stocked(5), uuid4()
    place = LocationFactory()
    stocked(2, variant_id=item.variant_id, location=place.code)
    assert selectors.available([item.variant_id, stranger]) == {item.variant_id: 7, stranger: 0}
    Location.objects.filter(pk=place.pk).update(is_active=False)
    assert selectors.available([item.variant_id]) == {item.variant_id: 5}
    assert selectors.available([]) == {}


def test_a_reservation_stops_counting_the_moment_it_expires() -> None:
    item = stocked(5)
    reservations.reserve(quantities={item.variant_id: 3}, reference=uuid4(), ttl=timedelta(minutes=1), by="guest")
    assert selectors.available([item.variant_id]) == {item.variant_id: 2}
    Reservation.objects.update(expires_at=db.clock(db.INVENTORY))
    assert selectors.available([item.variant_id]) == {item.variant_id: 5}


@pytest.mark.parametrize("number", [1, 30])
def test_one_query_for_any_number_of_variants(number: int, django_assert_num_queries) -> None:
    ids = [stocked(1).variant_id for _ in range(number)]
    with django_assert_num_queries(1, using=db.INVENTORY):
        assert selectors.available(ids) == dict.fromkeys(ids, 1)


def test_pages_are_shown_a_cached_number_until_a_line_is_crossed(
    django_assert_num_queries,
    django_capture_on_commit_callbacks,
) -> None:
    item = stocked(5)
    assert selectors.shown_available([item.variant_id]) == {item.variant_id: 5}
    with django_assert_num_queries(0, using=db.INVENTORY):
        assert selectors.shown_available([item.variant_id]) == {item.variant_id: 5}
    assert cache.AVAILABILITY.seconds == 30
    with django_capture_on_commit_callbacks(using=db.INVENTORY, execute=True):
        reservations.reserve(quantities={item.variant_id: 5}, reference=uuid4(), ttl=timedelta(minutes=1), by="guest")
    assert selectors.shown_available([item.variant_id]) == {item.variant_id: 0}


def test_what_is_counted_of_many_is_shown_at_once(django_capture_on_commit_callbacks) -> None:
    item = stocked(56)
    assert selectors.shown_available([item.variant_id]) == {item.variant_id: 56}
    with django_capture_on_commit_callbacks(using=db.INVENTORY, execute=True):
        services.recount(stock_item_id=item.id, on_hand=25, reason="counted", by="staff:1")
    assert selectors.shown_available([item.variant_id]) == {item.variant_id: 25}


def test_I1_sees_a_counter_that_its_ledger_does_not_explain() -> None:
    item = stocked(5)
    assert selectors.stock_violations() == []
    StockItem.objects.filter(pk=item.pk).update(on_hand=6)
    assert selectors.stock_violations() == [f"stock item {item.pk}: on hand 6, but its movements sum to 5"]


def test_I1_sees_allocations_and_shortfalls_that_do_not_add_up() -> None:
    item = stocked(5)
    StockItem.objects.filter(pk=item.pk).update(allocated=1, shortfall=1)
    assert selectors.stock_violations() == [
        f"stock item {item.pk}: allocated 1, but its open allocations sum to 0",
        f"stock item {item.pk}: a shortfall of 1, but 0 units are missing",
    ]


def test_I1_sees_movements_of_nothing() -> None:
    item = stocked(5)
    movement = StockMovement.objects.get()
    StockItem.objects.all().delete()
    assert selectors.stock_violations() == [f"movement {movement.pk} of stock item {item.pk}, which does not exist"]
