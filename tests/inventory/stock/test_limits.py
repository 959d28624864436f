"""What may be promised beyond the units on hand: so many, until so long, and with which date."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from inventory.reservations import services as reservations
from inventory.stock import selectors, services
from inventory.stock.models import StockItem, StockPolicy
from shop.audit.models import AuditEntry
from shop.core import cache, db
from tests.factories.inventory import LocationFactory, stocked
from tests.inventory.checks import assert_adds_up, counters, events

SHIPS = date(2027, 3, 12)
TTL = timedelta(minutes=15)
pytestmark = pytest.mark.django_db


def beyond(item: StockItem, limit: int, **fields: Any) -> None:
    services.set_limits(stock_item_id=item.pk, low_stock_threshold=0, backorder_limit=limit, by="staff:1", **fields)


def order(variant_id: UUID, units: int) -> UUID:
    reference = uuid4()
    reservations.reserve(quantities={variant_id: units}, reference=reference, ttl=TTL, by="guest")
    return reference


def test_a_preorder_has_a_cap_and_a_date() -> None:
    item = stocked(2)
    beyond(item, 5, is_preorder=True, expected_on=SHIPS)
    have = selectors.availability([item.variant_id])[item.variant_id]
    assert (have.units, have.on_hand, have.state(2), have.state(3), have.state(8)) == (
        7, 2, "in_stock", "preorder", "out",
    )  # fmt: skip
    assert (have.expected(2), have.expected(3), have.expected(8)) == (None, SHIPS, None)
    with pytest.raises(reservations.OutOfStock) as refused:
        order(item.variant_id, 8)
    assert refused.value.shortages == {item.variant_id: 7}
    first, second = order(item.variant_id, 2), order(item.variant_id, 5)
    assert selectors.expected(first) == {}
    assert selectors.expected(second) == {item.variant_id: SHIPS}
    assert selectors.available([item.variant_id]) == {item.variant_id: 0}
    assert_adds_up()


def test_units_that_come_fill_what_is_promised_first() -> None:
    item = stocked(0)
    beyond(item, 5, expected_on=SHIPS)
    reference = order(item.variant_id, 4)
    services.receive(variant_id=item.variant_id, sku=item.sku, quantity=4, reason="delivery", by="staff:1")
    have = selectors.availability([item.variant_id])[item.variant_id]
    assert (have.on_hand, have.units, have.state()) == (0, 5, "backorder")
    assert selectors.expected(reference) == {}
    reservations.commit(reference=reference, by="system")
    assert services.ship(reference=reference, by="staff:1") == {item.variant_id: 4}
    assert counters(item) == (0, 0, 0, 0)
    assert_adds_up()


def test_after_the_last_moment_only_units_on_hand_are_sold() -> None:
    item = stocked(2)
    now = db.clock(db.INVENTORY)
    beyond(item, 5, orders_until=now + timedelta(hours=1))
    promised = order(item.variant_id, 4)
    StockItem.objects.filter(pk=item.pk).update(orders_until=now)
    assert selectors.available([item.variant_id]) == {item.variant_id: 0}
    with pytest.raises(reservations.OutOfStock):
        order(item.variant_id, 1)
    assert reservations.commit(reference=promised, by="system") is True
    services.receive(variant_id=item.variant_id, sku=item.sku, quantity=3, reason="delivery", by="staff:1")
    assert selectors.available([item.variant_id]) == {item.variant_id: 1}
    order(item.variant_id, 1)
    assert_adds_up()


def test_one_moment_earlier_they_are_sold() -> None:
    item = stocked(0)
    beyond(item, 5, orders_until=db.clock(db.INVENTORY) + timedelta(hours=1))
    order(item.variant_id, 5)
    assert counters(item) == (0, 5, 0, 0)


def test_the_end_is_told_once(django_capture_on_commit_callbacks: Any) -> None:
    item, other = stocked(0), stocked(0)
    now = db.clock(db.INVENTORY)
    beyond(item, 5, orders_until=now + timedelta(hours=1))
    beyond(other, 5, orders_until=now + timedelta(hours=2))
    assert services.close_orders() == 0
    selectors.shown([item.variant_id])
    StockItem.objects.filter(pk=item.pk).update(orders_until=now)
    before = len(events("StockChanged"))
    with django_capture_on_commit_callbacks(using=db.INVENTORY, execute=True):
        assert services.close_orders() == 1
    assert services.close_orders() == 0
    assert events("StockChanged")[before:] == [{"variant_id": str(item.variant_id), "available": 0}]
    assert cache.AVAILABILITY.get(item.variant_id) is None


def test_a_new_last_moment_opens_the_sale_again() -> None:
    item, now = stocked(0), db.clock(db.INVENTORY)
    beyond(item, 5, orders_until=now - timedelta(hours=1))
    assert selectors.available([item.variant_id]) == {item.variant_id: 0}
    beyond(item, 5, orders_until=now + timedelta(hours=1))
    item.refresh_from_db()
    assert (item.has_closed, selectors.available([item.variant_id])) == (False, {item.variant_id: 5})


def test_limits_are_audited_and_refused_when_they_are_none() -> None:
    item = stocked(0)
    until = datetime(2027, 1, 1, tzinfo=UTC)
    beyond(item, 3, is_preorder=True, expected_on=SHIPS, orders_until=until)
    assert AuditEntry.objects.using(db.INVENTORY).get().changes == {
        "low_stock_threshold": 0,
        "backorder_limit": 3,
        "is_preorder": True,
        "expected_on": "2027-03-12",
        "orders_until": until.isoformat(),
    }
    for limit in (-1, 10**10, True, 1.5):
        with pytest.raises(services.BadQuantity):
            beyond(item, limit)  # type: ignore[arg-type]
    with pytest.raises(services.UnknownStockItem):
        services.set_limits(stock_item_id=uuid4(), low_stock_threshold=0, backorder_limit=0, by="staff:1")
    order(item.variant_id, 2)
    with pytest.raises(services.Promised):
        beyond(item, 1)
    item.refresh_from_db()
    assert item.backorder_limit == 3


def test_the_merchant_chooses_where_units_come_from() -> None:
    near, far = LocationFactory(priority=1), LocationFactory(priority=2)
    item = stocked(5, location=near.code)
    stocked(9, variant_id=item.variant_id, location=far.code)

    def served_by(units: int = 1) -> str:
        reference = order(item.variant_id, units)
        held = StockItem.objects.get(pk=reservations.Reservation.objects.get(reference=reference).stock_item_id)
        return str(held.location.code)

    assert served_by() == near.code
    services.choose_strategy(strategy=StockPolicy.Strategy.HIGHEST_STOCK, by="staff:1")
    assert served_by() == far.code
    services.choose_strategy(strategy=StockPolicy.Strategy.FEWEST_PARCELS, by="staff:1")
    assert served_by() == near.code
    with pytest.raises(ValueError, match="cheapest"):
        services.choose_strategy(strategy="cheapest", by="staff:1")
    assert StockPolicy.objects.count() == 1
    assert_adds_up()


def test_a_recount_sets_what_was_counted() -> None:
    item = stocked(5)
    for _ in range(2):
        services.recount(stock_item_id=item.pk, on_hand=3, reason="count", by="staff:1")
    assert counters(item) == (3, 0, 0, 0)
    order(item.variant_id, 3)
    services.recount(stock_item_id=item.pk, on_hand=1, reason="count", by="staff:1")
    assert counters(item) == (1, 3, 0, 2)
    for units, reason, error in (
        (-1, "x", services.BadQuantity),
        (10**10, "x", services.BadQuantity),
        (4, " ", ValueError),
    ):
        with pytest.raises(error):
            services.recount(stock_item_id=item.pk, on_hand=units, reason=reason, by="staff:1")
    assert counters(item) == (1, 3, 0, 2)
    assert_adds_up()


@pytest.mark.parametrize(("by", "reason"), [("", "found"), ("staff:1", ""), ("staff:1", "  ")])
def test_no_unit_moves_without_an_actor_and_a_reason_or_document(by: str, reason: str) -> None:
    with pytest.raises(ValueError, match="ledger"):
        services.receive(variant_id=uuid4(), sku="A", quantity=1, reason=reason, by=by)
    assert StockItem.objects.filter(on_hand__gt=0).count() == 0


def test_a_stale_cache_shows_units_that_a_reservation_refuses() -> None:
    item = stocked(1)
    assert selectors.shown_available([item.variant_id]) == {item.variant_id: 1}
    StockItem.objects.filter(pk=item.pk).update(on_hand=0)  # behind the cache's back, as another process's commit is
    assert selectors.shown_available([item.variant_id]) == {item.variant_id: 1}
    with pytest.raises(reservations.OutOfStock) as refused:
        order(item.variant_id, 1)
    assert refused.value.shortages == {item.variant_id: 0}


def test_a_stale_cache_hides_units_that_a_reservation_gets() -> None:
    """The control: what is sold follows the rows in both directions, so the refusal above is not the cache's."""
    item = stocked(0)
    assert selectors.shown_available([item.variant_id]) == {item.variant_id: 0}
    StockItem.objects.filter(pk=item.pk).update(on_hand=1)
    assert selectors.shown_available([item.variant_id]) == {item.variant_id: 0}
    order(item.variant_id, 1)
    assert counters(item)[1] == 1
