"""The line: units belong to those who wait, in turn, from the transaction in which they become free."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock import selectors as stock_selectors
from inventory.stock import services as stock
from inventory.stock.models import StockItem
from inventory.waitlist import receivers, selectors, services, tasks
from inventory.waitlist.models import WaitingEntry
from shop.core import cache, db
from tests.factories.inventory import LocationFactory, stocked
from tests.factories.waitlist import joined, lapse, statuses
from tests.inventory.checks import assert_adds_up, counters, events
from tests.outbox import drain

TTL = timedelta(minutes=15)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _alone(settings):
    settings.EVENT_SUBSCRIBERS = "tests.factories.waitlist.ALONE"
    yield
    assert_adds_up()
    assert selectors.line_moves() == []


def buy(item: StockItem, units: int = 1) -> UUID:
    reference = uuid4()
    reservations.reserve(quantities={item.variant_id: units}, reference=reference, ttl=TTL, by="guest")
    return reference


def order(item: StockItem, *claims: UUID, units: int = 1, reference: UUID | None = None) -> UUID:
    reference = reference or uuid4()
    services.reserve(quantities={item.variant_id: units}, reference=reference, ttl=TTL, claims=list(claims), by="guest")
    return reference


def receive(item: StockItem, units: int, location: str | None = None) -> None:
    stock.receive(
        variant_id=item.variant_id, sku=item.sku, quantity=units, location=location, reason="delivery", by="test"
    )


def public(item: StockItem) -> int:
    return stock_selectors.available([item.variant_id])[item.variant_id]


class TestJoin:
    def test_a_place_in_the_line_and_the_stock_knows(self) -> None:
        item = stocked(0)
        first, second = joined(item, 2)
        item.refresh_from_db()
        assert item.has_waiting
        found = selectors.entries([first, second, uuid4()])
        assert [(found[key].status, found[key].place) for key in (first, second)] == [("waiting", 1), ("waiting", 2)]
        assert events("WaitingJoined") == [
            {"entry_id": str(key), "variant_id": str(item.variant_id)} for key in (first, second)
        ]

    def test_twice_is_once(self) -> None:
        item = stocked(0)
        (entry,) = joined(item)
        services.join(entry_id=entry, variant_id=item.variant_id, sku=item.sku, by="guest")
        assert WaitingEntry.objects.count() == len(events("WaitingJoined")) == 1

    def test_nobody_waits_for_what_can_be_bought(self) -> None:
        item = stocked(1)
        with pytest.raises(services.NotSoldOut):
            joined(item)
        buy(item)
        assert len(joined(item)) == 1

    def test_a_hold_beyond_its_time_is_no_reason_to_wait(self) -> None:
        item = stocked(1)
        reference = buy(item)
        Reservation.objects.filter(reference=reference).update(expires_at=db.clock(db.INVENTORY))
        with pytest.raises(services.NotSoldOut):
            joined(item)

    def test_what_can_be_ordered_ahead_has_no_line_until_nothing_of_that_is_left(self) -> None:
        item = stocked(0)
        StockItem.objects.filter(pk=item.pk).update(backorder_limit=1)
        with pytest.raises(services.NotSoldOut):
            joined(item)
        buy(item)
        assert len(joined(item)) == 1

    def test_where_the_time_to_order_ahead_is_over_there_is_a_line(self) -> None:
        item = stocked(0)
        past = db.clock(db.INVENTORY) - timedelta(days=1)
        StockItem.objects.filter(pk=item.pk).update(backorder_limit=5, orders_until=past, updated_at=past)
        (entry,) = joined(item)
        assert services.sweep() == 0
        assert statuses(entry) == ["waiting"]

    def test_a_variant_that_never_had_stock_can_be_waited_for(self) -> None:
        variant = uuid4()
        services.join(entry_id=db.uuid7(), variant_id=variant, sku="NEW", by="guest")
        item = StockItem.objects.get(variant_id=variant)
        assert (item.sku, item.on_hand, item.has_waiting) == ("NEW", 0, True)

    @pytest.mark.parametrize("units", [0, -1, True])
    def test_what_is_no_quantity_is_refused(self, units: int) -> None:
        with pytest.raises(ValueError):
            joined(stocked(0), units=units)


class TestOffer:
    def test_five_units_back_for_two_hundred_waiting(self, django_assert_max_num_queries) -> None:
        item = stocked(0)
        line = joined(item, 200)
        receive(item, 5)
        assert public(item) == 0
        with pytest.raises(reservations.OutOfStock) as refused:
            buy(item)
        assert refused.value.shortages == {item.variant_id: 0}
        drain()
        assert statuses(*line) == ["offered"] * 5 + ["waiting"] * 195
        assert [event["entry_id"] for event in events("UnitHeld")] == [str(key) for key in line[:5]]
        assert counters(item) == (5, 5, 0, 0)
        assert selectors.entries([line[5]])[line[5]].place == 1
        with pytest.raises(reservations.OutOfStock):
            buy(item)

    def test_held_for_a_day(self, settings) -> None:
        item = stocked(0)
        (entry,) = joined(item)
        before = db.clock(db.INVENTORY)
        receive(item, 1)
        services.offer(variant_id=item.variant_id)
        held = selectors.held([entry])[entry]
        assert (held.variant_id, held.units) == (item.variant_id, 1)
        assert before + settings.WAITLIST_HOLD <= held.expires_at <= db.clock(db.INVENTORY) + timedelta(hours=24)
        assert events("UnitHeld")[0]["expires_at"] == held.expires_at.isoformat()

    def test_more_units_than_are_waited_for_are_for_everybody_at_once(self) -> None:
        item = stocked(0)
        joined(item, 2)
        receive(item, 5)
        assert public(item) == 3
        assert events("StockChanged")[-1] == {"variant_id": str(item.variant_id), "available": 3}
        buy(item, 3)
        with pytest.raises(reservations.OutOfStock):
            buy(item)
        assert services.offer(variant_id=item.variant_id) == 2
        item.refresh_from_db()
        assert not item.has_waiting

    def test_the_page_shows_what_is_not_owed_without_waiting_for_the_cache(self) -> None:
        item = stocked(0)
        (entry,) = joined(item)
        assert stock_selectors.shown_available([item.variant_id]) == {item.variant_id: 0}
        receive(item, 2)
        cache.AVAILABILITY.delete(item.variant_id)  # on commit, which this test never does
        assert stock_selectors.shown_available([item.variant_id]) == {item.variant_id: 1}
        assert statuses(entry) == ["waiting"]

    def test_every_way_by_which_units_come_back_reaches_the_line(self) -> None:
        item = stocked(3)
        released, expired, cancelled = buy(item), buy(item), buy(item)
        reservations.commit(reference=cancelled, by="system")
        line = joined(item, 5)
        reservations.release(reference=released, by="guest")
        drain()
        Reservation.objects.filter(reference=expired).update(expires_at=db.clock(db.INVENTORY))
        reservations.expire()
        drain()
        stock.deallocate(reference=cancelled, by="system")
        drain()
        stock.adjust(stock_item_id=item.pk, change=1, reason="found", by="staff:1")
        drain()
        assert statuses(*line) == ["offered"] * 4 + ["waiting"]

    def test_units_at_a_location_opened_since_belong_to_the_line(self) -> None:
        item = stocked(0)
        (entry,) = joined(item)
        other = LocationFactory()
        stock.receive(
            variant_id=item.variant_id, sku=item.sku, quantity=1, location=other.code, reason="delivery", by="test"
        )
        assert StockItem.objects.get(location=other).has_waiting
        assert public(item) == 0
        with pytest.raises(reservations.OutOfStock):
            buy(item)
        drain()
        assert statuses(entry) == ["offered"]

    def test_what_is_not_used_passes_to_the_next(self) -> None:
        item = stocked(0)
        first, second, third = joined(item, 3)
        receive(item, 1)
        drain()
        lapse(first)
        assert selectors.entries([first])[first].status == "passed"  # by the clock, whoever tidies up when
        assert public(item) == 0
        reservations.expire()
        drain()
        assert statuses(first, second, third) == ["passed", "offered", "waiting"]
        lapse(second)
        tasks.sweep()
        assert statuses(first, second, third) == ["passed", "passed", "offered"]
        lapse(third)
        tasks.sweep()
        assert statuses(third) == ["passed"]
        assert public(item) == 1
        item.refresh_from_db()
        assert not item.has_waiting

    def test_strictly_in_turn_even_when_the_first_wants_more(self) -> None:
        item = stocked(0)
        (two,) = joined(item, units=2)
        (one,) = joined(item)
        receive(item, 1)
        assert services.offer(variant_id=item.variant_id) == 0
        assert public(item) == 0
        receive(item, 1)
        drain()
        assert statuses(two, one) == ["offered", "waiting"]
        assert counters(item) == (2, 2, 0, 0)

    def test_more_than_one_batch(self, monkeypatch) -> None:
        monkeypatch.setattr(services, "AT_ONCE", 3)
        item = stocked(0)
        line = joined(item, 8)
        receive(item, 7)
        assert services.offer(variant_id=item.variant_id) == 7
        assert statuses(*line) == ["offered"] * 7 + ["waiting"]

    def test_twice_is_once(self) -> None:
        item = stocked(0)
        joined(item, 3)
        receive(item, 1)
        for _ in range(2):
            receivers.offer({"variant_id": str(item.variant_id)})
        assert len(events("UnitHeld")) == 1

    def test_where_nobody_waits_it_is_one_query(self, django_assert_num_queries) -> None:
        item = stocked(1)
        with django_assert_num_queries(1, using=db.INVENTORY):
            assert services.offer(variant_id=item.variant_id) == 0

    def test_the_sweep_looks_only_at_what_is_due(self, django_assert_num_queries) -> None:
        for _ in range(3):
            joined(stocked(0), 2)
        with django_assert_num_queries(1, using=db.INVENTORY):
            assert services.sweep() == 0

    def test_units_of_a_location_that_does_not_sell_are_not_offered(self) -> None:
        other = LocationFactory(is_active=False)
        item = stocked(0, location=other.code)
        (entry,) = joined(item)
        stock.receive(
            variant_id=item.variant_id, sku=item.sku, quantity=1, location=other.code, reason="delivery", by="test"
        )
        drain()
        assert statuses(entry) == ["waiting"]


class TestReserve:
    def test_nobody_asks_for_the_line_where_nobody_waits(self) -> None:
        item = stocked(15)
        with CaptureQueriesContext(connections[db.INVENTORY]) as asked:
            buy(item)
            services.reserve(quantities={item.variant_id: 2}, reference=uuid4(), ttl=TTL, claims=[], by="guest")
        assert [query["sql"] for query in asked if "inventory_waitingentry" in query["sql"]] == []

    def test_the_order_takes_what_is_held_for_its_claim(self) -> None:
        item = stocked(0)
        entry, following = joined(item, 2)
        receive(item, 1)
        drain()
        reference = order(item, entry)
        assert statuses(entry, following) == ["taken", "waiting"]
        assert WaitingEntry.objects.get(pk=entry).taken_by == reference
        assert counters(item) == (1, 1, 0, 0)
        assert not selectors.held([entry])
        drain()
        assert reservations.commit(reference=reference, by="system") is True
        assert counters(item) == (1, 0, 1, 0)

    def test_taken_exactly_once(self) -> None:
        item = stocked(0)
        entry, _next = joined(item, 2)
        receive(item, 1)
        drain()
        first = order(item, entry)
        assert order(item, entry, reference=first) == first
        with pytest.raises(reservations.OutOfStock):
            order(item, entry)
        assert counters(item) == (1, 1, 0, 0)

    def test_without_a_claim_it_is_the_public_way(self) -> None:
        item = stocked(1)
        reference = order(item)
        assert Reservation.objects.get(reference=reference).quantity == 1

    def test_beyond_the_claim_only_what_nobody_waits_for(self) -> None:
        item = stocked(0)
        entry, _next = joined(item, 2)
        receive(item, 1)
        drain()
        with pytest.raises(reservations.OutOfStock) as refused:
            order(item, entry, units=2)
        assert refused.value.shortages == {item.variant_id: 1}
        assert statuses(entry) == ["offered"]
        receive(item, 2)
        assert order(item, entry, units=2)
        assert counters(item) == (3, 2, 0, 0)

    @pytest.mark.parametrize("end", ["lapse", "leave", "stranger"])
    def test_a_claim_that_is_none_is_the_public_way(self, end: str) -> None:
        item = stocked(0)
        entry, following = joined(item, 2)
        receive(item, 1)
        drain()
        if end == "lapse":
            lapse(entry)
        elif end == "leave":
            services.leave(entry_id=entry, by="guest")
        with pytest.raises(reservations.OutOfStock):
            order(item, uuid4() if end == "stranger" else entry)
        drain()
        services.sweep()
        assert statuses(following) == (["waiting"] if end == "stranger" else ["offered"])

    def test_a_claim_on_another_variant_gives_nothing(self) -> None:
        item, other = stocked(0), stocked(0)
        (entry,) = joined(item)
        receive(item, 1)
        drain()
        with pytest.raises(reservations.OutOfStock):
            order(other, entry)
        assert statuses(entry) == ["offered"]

    def test_an_order_that_is_let_go_passes_on(self) -> None:
        item = stocked(0)
        entry, following = joined(item, 2)
        receive(item, 1)
        drain()
        reservations.release(reference=order(item, entry), by="system")
        drain()
        assert statuses(entry, following) == ["taken", "offered"]

    def test_an_order_that_could_not_be_written_gives_its_claims_back(self) -> None:
        item, other = stocked(0), stocked(3)
        entry, following = joined(item, 2)
        receive(item, 1)
        drain()
        until = selectors.held([entry])[entry].expires_at
        reference = uuid4()
        services.reserve(
            quantities={item.variant_id: 1, other.variant_id: 2}, reference=reference, ttl=TTL, claims=[entry], by="g"
        )
        for _ in range(2):
            services.give_back(reference=reference, by="system")
        drain()
        assert statuses(entry, following) == ["offered", "waiting"]
        assert selectors.held([entry])[entry].expires_at == until
        assert (counters(item), counters(other)) == ((1, 1, 0, 0), (3, 0, 0, 0))
        assert order(item, entry)

    def test_what_was_given_back_too_late_passes_on(self) -> None:
        item = stocked(0)
        entry, following = joined(item, 2)
        receive(item, 1)
        drain()
        reference = order(item, entry)
        lapse(entry)
        services.give_back(reference=reference, by="system")
        drain()
        assert statuses(entry, following) == ["taken", "offered"]


class TestLeave:
    def test_a_place(self) -> None:
        item = stocked(0)
        first, second = joined(item, 2)
        assert services.leave(entry_id=first, by="guest") is True
        assert services.leave(entry_id=first, by="guest") is False
        assert statuses(first, second) == ["left", "waiting"]
        assert selectors.entries([second])[second].place == 1

    def test_the_last_one_out_puts_the_light_out(self) -> None:
        item = stocked(0)
        (entry,) = joined(item)
        services.leave(entry_id=entry, by="guest")
        item.refresh_from_db()
        assert not item.has_waiting
        assert events("StockChanged")[-1] == {"variant_id": str(item.variant_id), "available": 0}

    def test_a_held_unit_goes_to_the_next(self) -> None:
        item = stocked(0)
        first, second = joined(item, 2)
        receive(item, 1)
        drain()
        services.leave(entry_id=first, by="guest")
        drain()
        assert statuses(first, second) == ["left", "offered"]
        assert counters(item) == (1, 1, 0, 0)

    def test_what_is_over_or_never_was_cannot_be_left(self) -> None:
        item = stocked(0)
        (entry,) = joined(item)
        receive(item, 1)
        drain()
        order(item, entry)
        assert services.leave(entry_id=entry, by="guest") is False
        assert services.leave(entry_id=uuid4(), by="guest") is False
