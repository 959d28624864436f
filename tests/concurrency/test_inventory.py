"""Races for stock, with real connections; each has a twin without the protection that must see the fault."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError
from django.db.models import QuerySet

from checkout.orders import services as orders
from inventory.reservations import direct
from inventory.reservations import locking as reservation_locking
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.reservations.services import OutOfStock
from inventory.stock import locking
from inventory.stock.models import StockItem
from shop.core import db
from tests.concurrency.race import together, without_constraint
from tests.factories.checkout import paid
from tests.factories.inventory import LocationFactory, stocked
from tests.faults.report import LONG
from tests.invariants import violations
from tests.inventory.checks import assert_adds_up, counters, events

TTL = timedelta(minutes=15)
pytestmark = pytest.mark.django_db(transaction=True)


def buy(quantities: dict[UUID, int], reference: UUID | None = None) -> UUID:
    reference = reference or uuid4()
    reservations.reserve(quantities=quantities, reference=reference, ttl=TTL, by="guest")
    return reference


def sold(outcomes: Iterable[Any]) -> int:
    return sum(isinstance(outcome, UUID) for outcome in outcomes)


def unlock(patch: pytest.MonkeyPatch, parties: int) -> None:
    """`locking.items_of` without the lock, in which all parties read before any of them goes on to write."""
    everybody_has_read, read = threading.Barrier(parties, timeout=10), locking.items_of

    def items_of(variant_ids: Iterable[UUID]) -> list[StockItem]:
        items = read(variant_ids)
        everybody_has_read.wait()
        return items

    patch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows)
    patch.setattr(locking, "items_of", items_of)


def meet_after_reading_rows(patch: pytest.MonkeyPatch) -> None:
    """Two parties have read the reference's reservations before either of them writes one."""
    both_have_read, read = threading.Barrier(2, timeout=10), reservation_locking.items_and_rows

    def items_and_rows(*about: Any) -> Any:
        found = read(*about)
        both_have_read.wait()
        return found

    patch.setattr(reservation_locking, "items_and_rows", items_and_rows)


def the_long_way(patch: pytest.MonkeyPatch) -> None:
    """No reservation by one statement: all of them lock, read and write in turn."""
    patch.setattr(direct, "reserve", lambda **_wish: direct.Answer(None, is_known=False))


def test_F01_hundred_buyers_one_unit(schedules: Any) -> None:
    for _schedule in schedules(quick=1, long=10):
        item = stocked(1)
        outcomes = together([partial(buy, {item.variant_id: 1})] * 100, threads=20)
        assert sold(outcomes) == 1
        refusals = [outcome for outcome in outcomes if isinstance(outcome, OutOfStock)]
        assert [refusal.shortages for refusal in refusals] == [{item.variant_id: 0}] * 99
        assert counters(item) == (1, 1, 0, 0)
    assert_adds_up()
    assert violations() == []


def test_F01_without_the_lock_the_constraint_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    item = stocked(1)
    with monkeypatch.context() as patch:
        unlock(patch, 4)
        outcomes = together([partial(buy, {item.variant_id: 1})] * 4)
    assert sold(outcomes) == 1
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 3
    assert_adds_up()


def test_F01_control_without_lock_and_constraint_the_unit_is_sold_four_times(monkeypatch: pytest.MonkeyPatch) -> None:
    item = stocked(1)
    with without_constraint("inventory_stockitem", "stock_item_not_oversold"):
        with monkeypatch.context() as patch:
            unlock(patch, 4)
            outcomes = together([partial(buy, {item.variant_id: 1})] * 4)
        assert sold(outcomes) == 4
        assert counters(item) == (1, 4, 0, 0)
        StockItem.objects.all().delete()


class TestF01CollectedAtAPlace:
    """Units that one place has are held there for who collects them; other places have more of them."""

    def there(self) -> tuple[StockItem, StockItem]:
        """A unit at the place, and three elsewhere."""
        elsewhere = stocked(3)
        place = LocationFactory()
        return stocked(1, variant_id=elsewhere.variant_id, location=place.code), elsewhere

    def collect(self, item: StockItem) -> UUID:
        reference = uuid4()
        reservations.reserve(
            quantities={item.variant_id: 1}, reference=reference, ttl=TTL, by="guest", at=item.location_id
        )
        return reference

    def test_F01_two_shoppers_and_one_unit_at_the_place(self, schedules: Any) -> None:
        for _schedule in schedules():
            item, elsewhere = self.there()
            outcomes = together([partial(self.collect, item)] * 2)
            assert sold(outcomes) == 1
            [refusal] = [outcome for outcome in outcomes if isinstance(outcome, OutOfStock)]
            assert refusal.shortages == {item.variant_id: 0}
            assert (counters(item), counters(elsewhere)) == ((1, 1, 0, 0), (3, 0, 0, 0))
        assert_adds_up()

    def test_F01_who_has_it_sent_and_who_collects_it_get_what_there_is(self, schedules: Any) -> None:
        """Four units in all, and of five shoppers two come for the one at the place."""
        for _schedule in schedules():
            item, elsewhere = self.there()
            collecting, sent = partial(self.collect, item), partial(buy, {item.variant_id: 1})
            outcomes = together([collecting, sent, sent, collecting, sent])
            assert {type(one) for one in outcomes} <= {UUID, OutOfStock}
            assert counters(item)[1] == 1
            assert 1 + counters(elsewhere)[1] == sold(outcomes)
        assert_adds_up()

    def test_F01_control_without_lock_and_constraint_both_collect_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        item, _elsewhere = self.there()
        with without_constraint("inventory_stockitem", "stock_item_not_oversold"):
            with monkeypatch.context() as patch:
                unlock(patch, 2)
                outcomes = together([partial(self.collect, item)] * 2)
            assert sold(outcomes) == 2
            assert counters(item)[:2] == (1, 2)
            StockItem.objects.all().delete()


def test_F02_mixed_quantities_never_more_than_there_is_and_in_the_end_all_of_it(schedules: Any) -> None:
    """In the long run 1,000 buyers want 1 to 3 of 100 units; then holds run out, and their units are sold again."""
    buyers, units, threads = (1000, 100, 30) if LONG else (90, 30, 12)
    for schedule in schedules(quick=1, long=10):
        item, random = stocked(units), Random(schedule.seed)
        wanted = [random.choice([1, 2, 3]) for _ in range(buyers)]
        outcomes = together([partial(buy, {item.variant_id: each}) for each in wanted], threads=threads)
        taken = {outcome: each for each, outcome in zip(wanted, outcomes, strict=True) if isinstance(outcome, UUID)}
        assert {type(one) for one in outcomes} <= {UUID, OutOfStock}
        assert sum(taken.values()) == counters(item)[1] <= units
        left = random.sample(sorted(taken), len(taken) // 2)
        Reservation.objects.filter(reference__in=left).update(expires_at=db.clock(db.INVENTORY))
        kept = sum(each for reference, each in taken.items() if reference not in left)
        again = together([partial(buy, {item.variant_id: 1})] * (units + threads), threads=threads)
        assert kept + sold(again) == counters(item)[1] == units  # none too many, and none that nobody could have
    assert_adds_up()
    assert violations() == []


def test_F02_control_without_lock_and_constraint_three_units_are_sold_as_eight(monkeypatch: pytest.MonkeyPatch) -> None:
    item = stocked(3)
    with without_constraint("inventory_stockitem", "stock_item_not_oversold"):
        with monkeypatch.context() as patch:
            the_long_way(patch)
            unlock(patch, 4)
            outcomes = together([partial(buy, {item.variant_id: 2})] * 4)
        assert (sold(outcomes), counters(item)) == (4, (3, 8, 0, 0))
        StockItem.objects.all().delete()


def test_F03_carts_in_opposite_order_do_not_wait_for_each_other(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        first, second = stocked(20), stocked(20)
        carts = [{first.variant_id: 1, second.variant_id: 1}, {second.variant_id: 1, first.variant_id: 1}]
        outcomes = together([partial(buy, carts[number % 2]) for number in range(18)], threads=6)
        assert sold(outcomes) == 18
        assert (counters(first), counters(second)) == ((20, 18, 0, 0), (20, 18, 0, 0))
    assert_adds_up()
    assert violations() == []


def test_F03_control_locks_out_of_order_end_in_a_deadlock(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = stocked(5), stocked(5)
    turn, have_one = threading.local(), threading.Barrier(2, timeout=10)
    in_order = locking.items_of

    def one_by_one(variant_ids: Iterable[UUID]) -> list[StockItem]:
        items = in_order([turn.variants[0]])
        have_one.wait()
        return items + in_order([turn.variants[1]])

    def cart(*variants: UUID) -> UUID:
        turn.variants = variants
        return buy(dict.fromkeys(variants, 1))

    ids = first.variant_id, second.variant_id
    with monkeypatch.context() as patch:
        the_long_way(patch)
        patch.setattr(locking, "items_of", one_by_one)
        outcomes = together([partial(cart, *ids), partial(cart, *reversed(ids))])
    assert sold(outcomes) == 1
    assert sum(isinstance(outcome, reservations.Busy) for outcome in outcomes) == 1


def test_F04_one_reference_asked_for_twice_at_once_holds_its_units_once(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        item, reference = stocked(9), uuid4()
        outcomes = together([partial(buy, {item.variant_id: 2}, reference)] * 6)
        assert outcomes == [reference] * 6
        assert counters(item) == (9, 2, 0, 0)
    assert_adds_up()
    assert violations() == []


def test_F04_control_without_lock_and_index_a_reference_holds_its_units_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    item, reference = stocked(9), uuid4()
    with without_constraint("inventory_reservation", "reservation_open_once"):
        with monkeypatch.context() as patch:
            the_long_way(patch)
            unlock(patch, 2)
            meet_after_reading_rows(patch)
            patch.setattr(reservation_locking, "begin", lambda *_about: db.clock(db.INVENTORY))
            outcomes = together([partial(buy, {item.variant_id: 2}, reference)] * 2)
        assert outcomes == [reference] * 2
        assert Reservation.objects.filter(reference=reference, status="open").count() == 2
        Reservation.objects.all().delete()
        StockItem.objects.all().delete()


def expiring(item: StockItem) -> UUID:
    reference = buy({item.variant_id: 1})
    Reservation.objects.filter(reference=reference).update(expires_at=db.clock(db.INVENTORY))
    return reference


def test_F12_two_sweepers_and_a_consumer(schedules: Any) -> None:
    for _schedule in schedules():
        item = stocked(5)
        order = paid([item])
        Reservation.objects.filter(reference=order.pk).update(expires_at=db.clock(db.INVENTORY))
        consume = partial(orders.commit_stock, order_id=order.pk, by="system")
        swept, too, is_sold = together([reservations.expire, reservations.expire, consume])
        assert is_sold is True
        told = [event for event in events("ReservationExpired") if event["reference"] == str(order.pk)]
        assert swept + too == len(told) <= 1
        ends = list(Reservation.objects.filter(reference=order.pk).order_by("pk").values_list("status", flat=True))
        assert ends == (["expired", "consumed"] if told else ["consumed"])
        assert counters(item) == (5, 0, 1, 0)
    assert_adds_up()
    assert violations() == []


def test_F12_a_last_unit_is_expired_for_a_rival_or_consumed_never_both(schedules: Any) -> None:
    for _schedule in schedules():
        item = stocked(1)
        reference = expiring(item)
        mine, theirs = together(
            [lambda key=reference: reservations.commit(reference=key, by="system"), partial(buy, {item.variant_id: 1})]
        )
        assert (mine is True, isinstance(theirs, UUID)) in {(True, False), (False, True)}
        assert {type(mine), type(theirs)} & {OutOfStock}
    assert_adds_up()


def test_F12_control_without_the_lock_one_hold_is_given_back_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    item = stocked(9)
    buy({item.variant_id: 5})
    expiring(item)
    with monkeypatch.context() as patch:
        everybody_has_read = threading.Barrier(2, timeout=10)
        expire = reservations._expire

        def late(items: list[StockItem], due: list[Reservation]) -> None:
            everybody_has_read.wait()
            expire(items, due)

        unlock(patch, 2)
        patch.setattr(reservations, "_expire", late)
        assert together([reservations.expire, reservations.expire]) == [1, 1]
    assert counters(item) == (9, 4, 0, 0)
    assert len(events("ReservationExpired")) == 2
