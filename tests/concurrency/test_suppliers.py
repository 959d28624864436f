"""Races of receipts and feeds, with real connections; each has a twin without the protection that sees the fault."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from random import Random
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, connections, transaction

from inventory.feeds import locking as feed_locking
from inventory.feeds import selectors as feeds
from inventory.stock import locking as stock_locking
from inventory.suppliers import invariants, locking, receiving, services
from inventory.suppliers.models import PurchaseOrder, PurchaseOrderLine, Receipt, ReceiptLine
from inventory.suppliers.receiving import MoreThanOrdered
from shop.core import db
from tests.concurrency.race import together, wait_for_waiters, without_constraint
from tests.factories.feeds import feed as registered
from tests.factories.inventory import stocked
from tests.factories.suppliers import offered, ordered
from tests.fakes import partner
from tests.fakes.partner import movement
from tests.inventory.checks import assert_adds_up, counters

pytestmark = pytest.mark.django_db(transaction=True)


def deliver(order: PurchaseOrder, units: int, key: str) -> str:
    line = order.lines.get()
    return receiving.receive(order_id=order.pk, quantities={line.pk: units}, key=key, by="staff:1").document


def unlocked(parties: int) -> Any:
    """`locking.order_and_lines` without the lock, in which all parties read before any of them goes on to write."""
    everybody_has_read = threading.Barrier(parties, timeout=10)

    def order_and_lines(order_id: UUID) -> tuple[PurchaseOrder, list[PurchaseOrderLine]]:
        order = PurchaseOrder.objects.select_related("location", "supplier").get(pk=order_id)
        lines = list(PurchaseOrderLine.objects.filter(order_id=order_id))
        everybody_has_read.wait()
        return order, lines

    return order_and_lines


@contextmanager
def without_index(name: str) -> Iterator[None]:
    """The database without one unique index; the rows that break it are the caller's to take away before the end."""
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef(%s::regclass)", [name])
        (definition,) = cursor.fetchone()
        cursor.execute(f"DROP INDEX {name}")
        try:
            yield
        finally:
            cursor.execute(definition)


def test_two_clerks_receive_the_same_line_at_once() -> None:
    item = stocked(0)
    order = ordered((item, 10))
    outcomes = together([partial(deliver, order, 10, "one"), partial(deliver, order, 10, "two")])
    assert sorted(type(outcome) for outcome in outcomes if not isinstance(outcome, str)) == [MoreThanOrdered]
    assert counters(item) == (10, 0, 0, 0)
    assert invariants.receipts_are_stock() == []
    assert_adds_up()


def test_control_without_the_lock_the_database_refuses_the_second_clerk(monkeypatch: pytest.MonkeyPatch) -> None:
    item = stocked(0)
    order = ordered((item, 10))
    with monkeypatch.context() as patch:
        patch.setattr(locking, "order_and_lines", unlocked(2))
        outcomes = together([partial(deliver, order, 10, "one"), partial(deliver, order, 10, "two")])
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1
    assert counters(item) == (10, 0, 0, 0)


def test_control_without_lock_and_constraints_the_delivery_is_counted_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    item = stocked(0)
    order = ordered((item, 10))
    with without_constraint("inventory_purchaseorderline", "purchase_line_within_cap"), without_index("receipt_number"):
        with monkeypatch.context() as patch:
            patch.setattr(locking, "order_and_lines", unlocked(2))
            outcomes = together([partial(deliver, order, 10, "one"), partial(deliver, order, 10, "two")])
        assert all(isinstance(outcome, str) for outcome in outcomes)
        assert counters(item) == (20, 0, 0, 0)
        ReceiptLine.objects.all().delete()
        Receipt.objects.all().delete()
        PurchaseOrderLine.objects.all().delete()


def test_the_same_receipt_sent_four_times_at_once_counts_once() -> None:
    item = stocked(0)
    order = ordered((item, 10))
    outcomes = together([partial(deliver, order, 4, "same")] * 4)
    assert outcomes == [f"purchase-order:{order.number}/1"] * 4
    assert counters(item) == (4, 0, 0, 0)


def test_parts_in_any_order_fill_the_order_exactly() -> None:
    item, random = stocked(0), Random(4)
    order = ordered((item, 30))
    parts = [random.randint(1, 6) for _ in range(16)]
    outcomes = together([partial(deliver, order, units, f"r{n}") for n, units in enumerate(parts)], threads=6)
    came = sum(units for units, outcome in zip(parts, outcomes, strict=True) if isinstance(outcome, str))
    order.refresh_from_db()
    assert counters(item)[0] == order.lines.get().received == came <= 30
    assert order.status == ("received" if came == 30 else "partly_received")
    assert sorted(Receipt.objects.values_list("number", flat=True)) == list(range(1, Receipt.objects.count() + 1))
    assert invariants.receipts_are_stock() == []


def test_two_clicks_on_reorder_make_one_draft() -> None:
    offered(stocked(0, low=5))
    outcomes = together([partial(services.reorder, by="staff:1")] * 2)
    assert sorted(len(orders) for orders in outcomes) == [0, 1]


def test_control_without_its_lock_reorder_makes_two(monkeypatch: pytest.MonkeyPatch) -> None:
    offered(stocked(0, low=5))
    both_are_here = threading.Barrier(2, timeout=10)
    found = services.selectors.suggestions

    def suggestions() -> list[Any]:
        rows = found()
        both_are_here.wait()
        return rows

    monkeypatch.setattr(services.selectors, "suggestions", suggestions)
    monkeypatch.setattr(locking, "reordering", lambda: None)
    outcomes = together([partial(services.reorder, by="staff:1")] * 2)
    assert sorted(len(orders) for orders in outcomes) == [1, 1]


def test_a_twin_of_a_message_that_is_being_taken_in_is_told_so() -> None:
    (feed, secret), item = registered(), stocked(5)
    send = partial(partner.send, feed.code, secret, "m1", {"movements": [movement(item.sku, 3)]})
    held, release = threading.Event(), threading.Event()

    def outsider() -> None:
        with transaction.atomic(using=db.INVENTORY):
            stock_locking.items_of([item.variant_id])
            held.set()
            assert release.wait(20)

    def first() -> Any:
        assert held.wait(20)
        return send()

    def twin() -> Any:
        try:
            wait_for_waiters(1, using=db.INVENTORY)
            return send()
        finally:
            release.set()

    _none, one, two = together([outsider, first, twin])
    assert (one.status_code, two.status_code, two.json()["error"]["code"]) == (200, 409, "still_running")
    assert send().content == one.content
    assert counters(item) == (8, 0, 0, 0)


def test_the_same_message_eight_times_at_once_moves_stock_once() -> None:
    (feed, secret), item = registered(), stocked(5)
    payload = {"movements": [movement(item.sku, 3)]}
    answers = together([partial(partner.send, feed.code, secret, "m1", payload)] * 8)
    assert {answer.status_code for answer in answers} <= {200, 409}
    assert len({answer.content for answer in answers if answer.status_code == 200}) == 1
    assert counters(item) == (8, 0, 0, 0)


def _nobody_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both twins find themselves alone, and that the message is new, before either goes on."""
    both_have_looked = threading.Barrier(2, timeout=10)
    look = feeds.message

    def message(*args: Any) -> Any:
        found = look(*args)
        both_have_looked.wait()
        return found

    monkeypatch.setattr(feed_locking, "is_alone", lambda *args: True)
    monkeypatch.setattr(feeds, "message", message)


def test_control_without_the_claim_the_database_refuses_the_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    (feed, secret), item = registered(), stocked(5)
    _nobody_alone(monkeypatch)
    send = partial(partner.send, feed.code, secret, "m1", {"movements": [movement(item.sku, 3)]})
    outcomes = together([send, send])
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1
    assert counters(item) == (8, 0, 0, 0)


def test_control_without_claim_and_constraint_the_message_moves_stock_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    (feed, secret), item = registered(), stocked(5)
    send = partial(partner.send, feed.code, secret, "m1", {"movements": [movement(item.sku, 3)]})
    with without_index("feed_message_once"):
        with monkeypatch.context() as patch:
            _nobody_alone(patch)
            outcomes = together([send, send])
        assert [outcome.status_code for outcome in outcomes] == [200, 200]
        assert counters(item) == (11, 0, 0, 0)
        feed.messages.all().delete()


def test_feeds_with_the_same_items_in_opposite_order_do_not_wait_for_each_other() -> None:
    items, random = [stocked(50) for _ in range(4)], Random(7)
    partners = [registered() for _ in range(3)]

    def message(number: int) -> Any:
        feed, secret = partners[number % 3]
        mixed = random.sample(items, 4)
        return partner.send(feed.code, secret, f"m{number}", {"movements": [movement(one.sku, 1) for one in mixed]})

    answers = together([partial(message, number) for number in range(24)], threads=6)
    assert {answer.status_code for answer in answers} == {200}
    assert {counters(item) for item in items} == {(74, 0, 0, 0)}
    assert_adds_up()
