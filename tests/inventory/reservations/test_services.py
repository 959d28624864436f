from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from inventory.reservations import selectors
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock import services as stock
from inventory.stock.models import Allocation, StockItem
from shop.core import db
from tests.factories.inventory import LocationFactory, stocked
from tests.inventory.checks import assert_adds_up, counters, events

TTL = timedelta(minutes=15)
pytestmark = pytest.mark.django_db


def hold(reference: UUID | None = None, **quantities: tuple[StockItem, int]) -> UUID:
    reference = reference or uuid4()
    reservations.reserve(
        quantities={item.variant_id: units for item, units in quantities.values()},
        reference=reference,
        ttl=TTL,
        by="guest",
    )
    return reference


def pass_time(reference: UUID) -> None:
    """The reference's time is over now."""
    Reservation.objects.filter(reference=reference).update(expires_at=db.clock(db.INVENTORY) - timedelta(seconds=1))


def statuses(reference: UUID) -> list[tuple[str, int]]:
    return list(Reservation.objects.filter(reference=reference).order_by("pk").values_list("status", "quantity"))


def test_reserved_units_are_held_until_a_moment_by_the_databases_clock() -> None:
    item = stocked(5)
    before = db.clock(db.INVENTORY)
    reference = uuid4()
    until = reservations.reserve(quantities={item.variant_id: 2}, reference=reference, ttl=TTL, by="customer:1")
    assert before + TTL <= until <= db.clock(db.INVENTORY) + TTL
    assert counters(item) == (5, 2, 0, 0)
    row = Reservation.objects.get()
    assert (row.quantity, row.status, row.expires_at, row.actor) == (2, "open", until, "customer:1")
    assert selectors.held_until(reference) == until
    assert_adds_up()


def test_reserving_is_one_statement_whatever_the_number_of_lines(django_assert_num_queries) -> None:
    first, second = stocked(15), stocked(15)
    with django_assert_num_queries(3, using=db.INVENTORY):  # savepoint (of the test), all of it, savepoint
        hold(a=(first, 1), b=(second, 1))


def test_the_long_way_takes_seven_queries_more_whatever_the_number_of_lines(django_assert_num_queries) -> None:
    first, second, other = stocked(15), stocked(15), LocationFactory()
    for item in (first, second):
        stocked(15, variant_id=item.variant_id, location=other.code)
    with django_assert_num_queries(4 + 7, using=db.INVENTORY):
        # The short way and a look at what is available; savepoint, clock, lock, rows, move, insert, savepoint
        hold(a=(first, 1), b=(second, 1))


def test_a_refusal_takes_three_queries_and_no_lock(django_assert_num_queries) -> None:
    item = stocked(1)
    with django_assert_num_queries(5, using=db.INVENTORY) as asked, pytest.raises(reservations.OutOfStock):
        hold(a=(item, 2))
    assert [query["sql"] for query in asked if "FOR NO KEY UPDATE" in query["sql"]] == []


def test_all_or_nothing_and_the_refusal_says_what_is_there() -> None:
    rich, poor, none = stocked(5), stocked(1), uuid4()
    with pytest.raises(reservations.OutOfStock) as refused:
        reservations.reserve(
            quantities={rich.variant_id: 2, poor.variant_id: 2, none: 1}, reference=uuid4(), ttl=TTL, by="guest"
        )
    assert refused.value.shortages == {poor.variant_id: 1, none: 0}
    assert (counters(rich)[1], counters(poor)[1]) == (0, 0)
    assert Reservation.objects.count() == 0
    assert events("StockReserved") == []


@pytest.mark.parametrize("quantity", [0, -1, 1.5, True, 10**12])
def test_what_is_no_quantity_is_refused(quantity: int) -> None:
    item = stocked(5)
    with pytest.raises(ValueError):
        reservations.reserve(quantities={item.variant_id: quantity}, reference=uuid4(), ttl=TTL, by="guest")
    with pytest.raises(ValueError):
        reservations.reserve(quantities={}, reference=uuid4(), ttl=TTL, by="guest")


def test_the_same_reference_again_gets_what_it_has() -> None:
    item = stocked(5)
    first = reservations.reserve(quantities={item.variant_id: 3}, reference=UUID(int=7), ttl=TTL, by="guest")
    assert reservations.reserve(quantities={item.variant_id: 3}, reference=UUID(int=7), ttl=TTL, by="guest") == first
    assert counters(item) == (5, 3, 0, 0)
    with pytest.raises(reservations.OtherUnits):
        reservations.reserve(quantities={item.variant_id: 2}, reference=UUID(int=7), ttl=TTL, by="guest")
    reservations.commit(reference=UUID(int=7), by="system")
    assert reservations.reserve(quantities={item.variant_id: 3}, reference=UUID(int=7), ttl=TTL, by="guest") == first
    assert counters(item) == (5, 0, 3, 0)
    assert_adds_up()


def test_a_released_reference_may_reserve_again() -> None:
    item = stocked(5)
    reference = hold(a=(item, 3))
    reservations.release(reference=reference, by="system")
    reservations.release(reference=reference, by="system")
    assert counters(item) == (5, 0, 0, 0)
    hold(reference, a=(item, 4))
    assert counters(item) == (5, 4, 0, 0)
    assert statuses(reference) == [("released", 3), ("open", 4)]
    assert_adds_up()


def test_the_same_reference_renews_what_has_expired() -> None:
    item = stocked(5)
    reference = hold(a=(item, 3))
    pass_time(reference)
    hold(reference, a=(item, 3))
    assert statuses(reference) == [("open", 3)]
    assert selectors.held_until(reference) is not None
    assert counters(item) == (5, 3, 0, 0)


def test_fewest_parcels_first_then_priority() -> None:
    near, far = LocationFactory(priority=1), LocationFactory(priority=2)
    lamp, chair = uuid4(), uuid4()
    lamp_near = stocked(1, variant_id=lamp, location=near.code)
    lamp_far = stocked(1, variant_id=lamp, location=far.code)
    chair_far = stocked(5, variant_id=chair, location=far.code)
    hold(a=(lamp_far, 1), b=(chair_far, 1))
    assert (counters(lamp_near)[1], counters(lamp_far)[1], counters(chair_far)[1]) == (0, 1, 1)
    hold(a=(lamp_near, 1))
    assert counters(lamp_near)[1] == 1
    assert_adds_up()


def test_units_of_several_locations_serve_one_demand() -> None:
    item = stocked(2)
    other = stocked(2, variant_id=item.variant_id, location=LocationFactory().code)
    reference = hold(a=(item, 3))
    assert sorted((counters(item)[1], counters(other)[1])) == [1, 2]
    assert reservations.commit(reference=reference, by="system") is True
    assert stock.ship(reference=reference, by="staff:1") == {item.variant_id: 3}
    assert counters(item)[0] + counters(other)[0] == 1
    assert_adds_up()


def test_committed_units_are_allocated_once() -> None:
    item = stocked(5)
    reference = hold(a=(item, 3))
    assert reservations.commit(reference=reference, by="system") is True
    assert reservations.commit(reference=reference, by="system") is True
    assert counters(item) == (5, 0, 3, 0)
    allocation = Allocation.objects.get()
    assert (allocation.reference, allocation.quantity, allocation.actor) == (reference, 3, "system")
    reservations.release(reference=reference, by="system")
    assert counters(item) == (5, 0, 3, 0)
    assert_adds_up()


def test_nothing_reserved_or_released_cannot_be_committed() -> None:
    item = stocked(5)
    assert reservations.commit(reference=uuid4(), by="system") is False
    reference = hold(a=(item, 3))
    reservations.release(reference=reference, by="system")
    assert reservations.commit(reference=reference, by="system") is False
    assert reservations.extend(reference=reference, ttl=TTL) is False
    assert counters(item) == (5, 0, 0, 0)


def test_an_expired_hold_never_costs_a_sale() -> None:
    item, other = stocked(2), stocked(2)
    late = hold(a=(item, 2), b=(other, 1))
    pass_time(late)
    hold(a=(item, 1))
    assert counters(item) == (2, 1, 0, 0)
    assert counters(other) == (2, 1, 0, 0)  # nobody needs it yet
    assert reservations.expire() == 1
    assert counters(other) == (2, 0, 0, 0)
    assert events("ReservationExpired") == [{"reference": str(late)}]
    assert_adds_up()


def test_an_unexpired_hold_is_never_reaped() -> None:
    item = stocked(2)
    hold(a=(item, 2))
    with pytest.raises(reservations.OutOfStock):
        hold(a=(item, 1))
    assert reservations.expire() == 0
    assert counters(item) == (2, 2, 0, 0)


def test_the_sweep_expires_a_reference_once_and_tells_once() -> None:
    first, second = stocked(3), stocked(3)
    reference = hold(a=(first, 3), b=(second, 1))
    pass_time(reference)
    assert reservations.expire() == 1
    assert reservations.expire() == 0
    assert {status for status, _units in statuses(reference)} == {"expired"}
    assert (counters(first), counters(second)) == ((3, 0, 0, 0), (3, 0, 0, 0))
    assert events("ReservationExpired") == [{"reference": str(reference)}]
    assert sorted(event["available"] for event in events("StockChanged")[2:]) == [0, 2, 3, 3]
    assert_adds_up()


def test_the_sweep_stops_at_its_limit() -> None:
    item = stocked(9)
    for _ in range(3):
        pass_time(hold(a=(item, 1)))
    assert reservations.expire(limit=2) == 2
    assert reservations.expire(limit=2) == 1


def test_extending_keeps_the_units_and_never_shortens() -> None:
    item = stocked(3)
    reference = hold(a=(item, 3))
    until = selectors.held_until(reference)
    assert reservations.extend(reference=reference, ttl=timedelta(seconds=1)) is True
    assert selectors.held_until(reference) == until
    assert reservations.extend(reference=reference, ttl=timedelta(hours=1)) is True
    assert selectors.held_until(reference) > until
    pass_time(reference)
    assert reservations.extend(reference=reference, ttl=TTL) is True
    assert counters(item) == (3, 3, 0, 0)
    assert reservations.extend(reference=uuid4(), ttl=TTL) is False
    assert_adds_up()


def test_what_expired_is_held_anew_if_it_is_still_there() -> None:
    item, other = stocked(2), stocked(2)
    reference = hold(a=(item, 1), b=(other, 1))
    pass_time(reference)
    hold(a=(item, 2))  # takes back one of its two rows
    assert reservations.extend(reference=reference, ttl=TTL) is False
    assert counters(other) == (2, 1, 0, 0)  # a refusal changes nothing
    stock.receive(variant_id=item.variant_id, sku="A", quantity=1, reason="delivery", by="staff:1")
    assert reservations.extend(reference=reference, ttl=TTL) is True
    assert (counters(item), counters(other)) == ((3, 3, 0, 0), (2, 1, 0, 0))
    assert reservations.expire() == 0
    assert sorted(statuses(reference)) == [("expired", 1), ("expired", 1), ("open", 1), ("open", 1)]
    assert_adds_up()


def test_a_payment_that_comes_after_the_expiry_gets_units_or_is_told() -> None:
    item = stocked(2)
    lucky, unlucky = hold(a=(item, 1)), hold(b=(item, 1))
    pass_time(lucky)
    pass_time(unlucky)
    assert reservations.expire() == 2
    assert reservations.commit(reference=lucky, by="system") is True
    hold(a=(item, 1))
    with pytest.raises(reservations.OutOfStock) as refused:
        reservations.commit(reference=unlucky, by="system")
    assert refused.value.shortages == {item.variant_id: 0}
    assert counters(item) == (2, 1, 1, 0)
    assert_adds_up()


def test_I2_sees_a_counter_without_its_rows_and_consumed_without_allocation() -> None:
    item = stocked(5)
    reference = hold(a=(item, 2))
    Reservation.objects.update(status="consumed", ended_at=db.clock(db.INVENTORY))
    assert selectors.reservation_violations() == [
        f"stock item {item.pk}: reserved 2, but its open reservations sum to 0",
        f"reference {reference}, variant {item.variant_id}: 2 units consumed, but 0 allocated",
    ]


def test_the_metrics_count_open_and_forgotten_reservations() -> None:
    item = stocked(5)
    pass_time(hold(a=(item, 1)))
    hold(a=(item, 1))
    assert selectors.counts() == {"open": 2, "expired": 1}


def test_F10_units_that_a_recount_did_not_find_are_not_held_until_the_payment() -> None:
    item = stocked(3)
    first, second, paid = hold(a=(item, 1)), hold(a=(item, 1)), hold(a=(item, 1))
    reservations.commit(reference=paid, by="system")
    stock.set_on_hand(levels={item.variant_id: 2}, skus={item.variant_id: "A"}, reason="recount", by="staff:1")
    assert counters(item) == (2, 2, 1, 1)
    assert reservations.extend(reference=first, ttl=TTL) is False
    assert statuses(first) == [("released", 1)]
    assert reservations.extend(reference=second, ttl=TTL) is True
    assert counters(item) == (2, 1, 1, 0)
    assert_adds_up()
