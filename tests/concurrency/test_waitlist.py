"""Races for units that somebody waits for, with real connections; with twins that do without the protection."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db.models import QuerySet

from inventory.reservations import direct
from inventory.reservations import services as reservations
from inventory.reservations.services import OutOfStock
from inventory.stock import selectors as stock_selectors
from inventory.stock import services as stock
from inventory.stock.models import StockItem
from inventory.waitlist import selectors, services
from inventory.waitlist.models import WaitingEntry
from shop.core import db
from tests.concurrency.race import together
from tests.factories.inventory import stocked
from tests.factories.waitlist import joined, lapse, statuses
from tests.inventory.checks import assert_adds_up, counters, events

TTL = timedelta(minutes=15)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _alone(settings: Any) -> None:
    settings.EVENT_SUBSCRIBERS = "tests.factories.waitlist.ALONE"


def buy(item: StockItem) -> UUID:
    reference = uuid4()
    reservations.reserve(quantities={item.variant_id: 1}, reference=reference, ttl=TTL, by="guest")
    return reference


def order(item: StockItem, claim: UUID, reference: UUID | None = None) -> UUID:
    reference = reference or uuid4()
    services.reserve(quantities={item.variant_id: 1}, reference=reference, ttl=TTL, claims=[claim], by="guest")
    return reference


def receive(item: StockItem, units: int) -> None:
    stock.receive(variant_id=item.variant_id, sku=item.sku, quantity=units, reason="delivery", by="staff:1")


def bought(outcomes: Iterable[Any]) -> int:
    return sum(isinstance(outcome, UUID) for outcome in outcomes)


@pytest.mark.parametrize("attempt", range(2))
def test_five_units_back_while_fifty_press_the_button(attempt: int) -> None:
    item = stocked(0)
    line = joined(item, 20)
    jobs: list[Any] = [partial(buy, item)] * 50
    jobs[10] = partial(receive, item, 5)
    jobs[20] = jobs[40] = partial(services.offer, variant_id=item.variant_id)
    outcomes = together(jobs, threads=16)
    assert bought(outcomes) == 0
    assert sum(isinstance(outcome, OutOfStock) for outcome in outcomes) == 47
    services.offer(variant_id=item.variant_id)
    assert statuses(*line) == ["offered"] * 5 + ["waiting"] * 15
    assert len(events("UnitHeld")) == 5
    assert counters(item) == (5, 5, 0, 0)
    assert_adds_up()


def test_control_without_what_is_owed_the_public_is_faster(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same return of units where nobody looks at `has_waiting`: the line gets none of them."""
    item = stocked(0)
    line = joined(item, 20)
    receive(item, 5)
    StockItem.objects.filter(pk=item.pk).update(has_waiting=False)
    with monkeypatch.context() as patch:
        patch.setattr(stock_selectors, "available", lambda ids: dict.fromkeys(ids, 5))
        patch.setattr(direct, "reserve", lambda **_: direct.Answer(None, True))
        outcomes = together([partial(buy, item)] * 8)
    assert bought(outcomes) == 5
    assert services.offer(variant_id=item.variant_id) == 0
    assert statuses(*line) == ["waiting"] * 20
    assert_adds_up()


def test_a_place_taken_while_units_come_is_never_forgotten() -> None:
    """Whoever joins last sees either the units or the line; whatever is left over is offered by the sweep."""
    item = stocked(0)
    variant = item.variant_id
    jobs = [
        *[partial(services.join, entry_id=db.uuid7(), variant_id=variant, sku=item.sku, by="guest") for _ in range(6)],
        *[partial(receive, item, 1) for _ in range(3)],
        *[partial(buy, item) for _ in range(6)],
    ]
    outcomes = together(jobs)
    services.sweep()
    waiting = WaitingEntry.objects.filter(status="waiting").count()
    offered = WaitingEntry.objects.filter(status="offered").count()
    refused = sum(isinstance(outcome, services.NotSoldOut) for outcome in outcomes)
    assert waiting + offered + refused == 6
    assert bought(outcomes) + offered + stock_selectors.available([variant])[variant] == 3
    assert not waiting or stock_selectors.available([variant])[variant] == 0
    assert_adds_up()
    assert selectors.line_moves() == []


def test_a_link_in_two_browsers_is_one_order() -> None:
    item = stocked(0)
    entry, following = joined(item, 2)
    receive(item, 1)
    services.offer(variant_id=item.variant_id)
    outcomes = together([partial(order, item, entry)] * 8)
    assert bought(outcomes) == 1
    assert sum(isinstance(outcome, OutOfStock) for outcome in outcomes) == 7
    assert statuses(entry, following) == ["taken", "waiting"]
    assert counters(item) == (1, 1, 0, 0)
    assert_adds_up()


def test_two_clicks_for_the_same_order_are_one() -> None:
    item, reference = stocked(0), uuid4()
    (entry,) = joined(item)
    receive(item, 1)
    services.offer(variant_id=item.variant_id)
    assert together([partial(order, item, entry, reference)] * 4) == [reference] * 4
    assert WaitingEntry.objects.get(pk=entry).taken_by == reference
    assert counters(item) == (1, 1, 0, 0)
    assert_adds_up()


@pytest.mark.parametrize("attempt", range(3))
def test_ordering_leaving_and_offering_at_once_leave_one_owner(attempt: int) -> None:
    item = stocked(0)
    entry, following = joined(item, 2)
    receive(item, 1)
    services.offer(variant_id=item.variant_id)
    ordered, left, *_rest = together(
        [
            partial(order, item, entry),
            partial(services.leave, entry_id=entry, by="guest"),
            partial(services.offer, variant_id=item.variant_id),
            partial(buy, item),
        ]
    )
    services.sweep()
    expected = ["taken", "waiting"] if isinstance(ordered, UUID) else ["left", "offered"]
    assert statuses(entry, following) == expected
    assert left is not isinstance(ordered, UUID)
    assert counters(item) == (1, 1, 0, 0)
    assert_adds_up()


@pytest.mark.parametrize("attempt", range(3))
def test_a_hold_that_ends_goes_to_the_next_and_to_nobody_else(attempt: int) -> None:
    item = stocked(0)
    first, second, third = joined(item, 3)
    receive(item, 1)
    services.offer(variant_id=item.variant_id)
    lapse(first)
    outcomes = together(
        [
            reservations.expire,
            services.sweep,
            partial(services.offer, variant_id=item.variant_id),
            *[partial(buy, item)] * 4,
            partial(order, item, first),
        ]
    )
    assert bought(outcomes) == 0
    services.sweep()
    assert statuses(first, second, third) == ["passed", "offered", "waiting"]
    assert len(events("UnitHeld")) == 2
    assert counters(item) == (1, 1, 0, 0)
    assert_adds_up()


def test_control_without_the_lock_the_constraint_refuses_the_second_offer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers that both read the line before either holds: the constraint of the stock item refuses the second."""
    item = stocked(0)
    joined(item, 2)
    receive(item, 1)
    everybody_has_read, items_of = threading.Barrier(2, timeout=10), services.stock_locking.items_of

    def unlocked(variant_ids: Iterable[UUID]) -> list[StockItem]:
        items = items_of(variant_ids)
        everybody_has_read.wait()
        return items

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", lambda rows, **_options: rows)
        patch.setattr(services.stock_locking, "items_of", unlocked)
        outcomes = together([partial(services.offer, variant_id=item.variant_id)] * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IntegrityError", "int"]
    assert_adds_up()
