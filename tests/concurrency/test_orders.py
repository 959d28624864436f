"""Races for one order, with real connections. Each control takes the lock away and sees what it prevents."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db.models import QuerySet

from checkout.fulfilment import services as fulfilment
from checkout.orders import services as orders
from checkout.orders.models import Order, OrderStep
from checkout.payments import refunding, selectors
from checkout.payments import services as payments
from checkout.payments.models import Refund
from shop.core import db
from shop.core.money import Money
from shop.events.models import OutboxEvent
from tests.checkout.invariants import violations
from tests.concurrency.race import together, without_constraint
from tests.factories import checkout as make
from tests.factories.inventory import stocked
from tests.invariants import violations as everything

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def unlocked(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, parties: int = 2, *, writes: bool = False
) -> Iterator[None]:
    """No row locks, and `module.name` returns only once so many threads are in it: all have read, none has written.

    What `writes` begins only then.
    """
    meeting, met = threading.Barrier(parties, timeout=10), threading.local()
    real: Callable[..., Any] = getattr(module, name)

    def together_at(*arguments: Any, **named: Any) -> Any:
        found = None if writes else real(*arguments, **named)
        if not getattr(met, "once", False):
            met.once = True
            meeting.wait()
        return real(*arguments, **named) if writes else found

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", lambda self, **options: self.all())
        patch.setattr(module, name, together_at)
        yield


without_check = partial(without_constraint, using=db.DEFAULT)


def paid_events(order: Order) -> int:
    return OutboxEvent.objects.filter(event_type="OrderPaid", aggregate_id=str(order.pk)).count()


def recorded(order: Order) -> Callable[[], Any]:
    payment = make.payment_of(order)
    return lambda: payments.record(payment_id=payment.pk, outcome=make.captured(payment), source="webhook")


def test_F16_the_same_message_in_eight_threads_confirms_once(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        order = make.placed()
        results = together([recorded(order)] * 8)
        assert [type(result).__name__ for result in results] == ["Payment"] * 8
        assert (paid_events(order), order.steps.count()) == (1, 3)
    assert everything() == []


def test_F16_control_without_locks_the_order_is_paid_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make.placed()
    Order.objects.filter(pk=order.pk).update(captured_minor=order.total_minor, secured_minor=order.total_minor)
    confirm = partial(orders.apply, order_id=order.pk, trigger="payment_success", by="system")
    with without_check("checkout_orderstep", "order_step_position"):
        with unlocked(monkeypatch, orders, "facts"):
            together([confirm] * 2)
        assert paid_events(order) == 2
        assert violations(ask_provider=False) != []
        OrderStep.objects.filter(order=order).delete()


def test_F05_one_cancellation_of_ten_wins(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        order = make.paid()
        results = together([partial(orders.cancel, order_id=order.pk, by="guest")] * 10)
        assert sorted(type(result).__name__ for result in results) == ["Order"] + ["TransitionRefused"] * 9
        assert OutboxEvent.objects.filter(event_type="OrderCancelled", aggregate_id=str(order.pk)).count() == 1
    assert everything() == []


def test_F05_control_without_locks_two_cancellations_win(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make.paid()
    with without_check("checkout_orderstep", "order_step_position"):
        with unlocked(monkeypatch, orders, "facts"):
            results = together([lambda: orders.cancel(order_id=order.pk, by="guest")] * 2)
        assert [type(result).__name__ for result in results] == ["Order", "Order"]
        assert OutboxEvent.objects.filter(event_type="OrderCancelled").count() == 2
        OrderStep.objects.filter(order=order).delete()


def refund_all(order: Order) -> Callable[[], Any]:
    money = Money(3000, "USD")
    return lambda: payments.request_refund(order_id=order.pk, amount=money, reason="", by="staff:1")


def test_F21_two_admins_refund_the_same_order(schedules: Any) -> None:
    for _schedule in schedules():
        order = make.paid()
        results = together([refund_all(order)] * 4)
        assert sorted(type(result).__name__ for result in results) == ["RefundRefused"] * 3 + ["list"]
        assert [refund.amount_minor for refund in Refund.objects.filter(order_id=order.pk)] == [3000]
        assert selectors.refundable(order.pk).minor == 0
    assert everything() == []


def test_F21_control_without_locks_more_goes_back_than_came_in(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make.paid()
    with unlocked(monkeypatch, refunding, "refundable"):
        together([refund_all(order)] * 2)
    assert sum(refund.amount_minor for refund in Refund.objects.all()) == 6000


def cancel_and_ship(order: Order) -> list[Callable[[], Any]]:
    return [
        lambda: orders.cancel(order_id=order.pk, by="guest"),
        lambda: fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number="1", by="staff:1"),
    ]


def test_F23_cancel_and_ship_at_once_one_wins(schedules: Any) -> None:
    for _schedule in schedules():
        order = make.ready()
        results = together(cancel_and_ship(order))
        assert sorted(type(result).__name__ for result in results) == ["Order", "TransitionRefused"]
        order.refresh_from_db()
        assert (order.status, order.fulfilment_state) in {("cancelled", "picked"), ("shipped", "shipped")}
    assert everything() == []


def test_F23_control_without_locks_the_parcel_of_a_cancelled_order_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make.ready()
    cancel, ship = cancel_and_ship(order)
    has_read, has_shipped = threading.Event(), threading.Event()
    real, patient = orders.facts, threading.local()

    def facts(order: Order) -> Any:
        found = real(order)
        if getattr(patient, "here", False):
            has_read.set()
            has_shipped.wait(10)
        return found

    def slow_cancel() -> Any:
        patient.here = True
        return cancel()

    def ship_meanwhile() -> Any:
        has_read.wait(10)
        try:
            return ship()
        finally:
            has_shipped.set()

    monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **options: self.all())
    monkeypatch.setattr(orders, "facts", facts)
    with (
        without_check("checkout_orderstep", "order_step_position"),
        without_check("checkout_order", "order_cancelled_not_shipped"),
    ):
        results = together([slow_cancel, ship_meanwhile])
        assert [type(result).__name__ for result in results] == ["Order", "Order"]
        assert violations(ask_provider=False) != []
        Order.objects.filter(pk=order.pk).update(status="shipped")
        OrderStep.objects.filter(order=order).delete()


def test_twenty_orders_at_once_have_twenty_numbers() -> None:
    items = [stocked(1) for _ in range(20)]
    placed = together([lambda item=item: make.placed([item]) for item in items], threads=8)
    assert len({order.number for order in placed}) == 20


def test_numbers_control_counting_rows_gives_one_number_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    items = [stocked(1) for _ in range(2)]
    meeting = threading.Barrier(2, timeout=10)

    def counted() -> str:
        number = f"ORD-2026{Order.objects.count() + 1:06d}"
        meeting.wait()
        return number

    monkeypatch.setattr(orders, "_next_number", counted)
    placed = together([lambda item=item: make.placed([item]) for item in items])
    assert sorted(type(result).__name__ for result in placed) == ["IntegrityError", "Order"]
