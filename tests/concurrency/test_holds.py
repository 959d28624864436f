"""Races for money that is held or goes back: captures in parts, cancellations, refunds; against the sandbox."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from checkout.fulfilment import services as fulfilment
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import capturing, covering
from checkout.payments import services as payments
from checkout.payments.models import Capture, Payment, PaymentOptions, Refund
from shop.core.money import Money
from tests import outbox
from tests.checkout.invariants import violations as at_the_provider
from tests.concurrency.race import together
from tests.concurrency.test_orders import unlocked
from tests.factories import checkout as make
from tests.fakes.sandbox import RunningSandbox
from tests.invariants import violations

pytestmark = pytest.mark.django_db(transaction=True)
USD = "USD"


def held() -> Order:
    """An order of 3000 cents whose money is only held."""
    PaymentOptions.objects.update_or_create(id=1, defaults={"capture_when": "on_shipment"})
    order = make.placed()
    payments.charge(payment_id=make.payment_of(order).pk)
    order.refresh_from_db()
    assert (order.held_minor, order.captured_minor) == (3000, 0)
    return order


def capture(order: Order, minor: int) -> None:
    """Staff ask for it and a worker sends it at once."""
    for asked in payments.request_capture(order_id=order.pk, amount=Money(minor, USD), by="staff:1"):
        payments.capture(capture_id=asked.pk)


def refund(order: Order, minor: int) -> None:
    for asked in payments.request_refund(order_id=order.pk, amount=Money(minor, USD), reason="", by="staff:1"):
        payments.refund(refund_id=asked.pk)


def names(outcomes: list[Any]) -> set[str]:
    return {type(one).__name__ for one in outcomes}


def settle() -> None:
    """The workers do what is left; whatever found the provider busy is asked again."""
    for _round in range(3):
        outbox.drain(mails=False)
        for payment in Payment.objects.filter(status__in=["processing", "authorised"]).exclude(reference=""):
            payments.bring_up_to_date(payment_id=payment.pk)
    assert outbox.failures() == []


def at_sandbox(sandbox: RunningSandbox, order: Order) -> tuple[int, int]:
    """(taken, given back) of the order's payment there, minor units. What was let go counts as neither."""
    store, mine = sandbox.server.box.store, make.payment_of(order).reference
    charges = [one for one in store.newest("charge", 100_000) if one["payment_intent"] == mine and one["captured"]]
    moved = (one for one in store.newest("refund", 100_000) if one["balance_transaction"])
    refunds = [one for one in moved if one["payment_intent"] == mine]
    return sum(one["amount_captured"] for one in charges), sum(one["amount"] for one in refunds)


def test_F22_three_captures_in_parts_race_with_the_cancellation(schedules: Any, shop_sandbox: RunningSandbox) -> None:
    for _schedule in schedules(long=50):
        order = held()
        jobs = [partial(capture, order, minor) for minor in (700, 800, 900)]
        outcomes = together([*jobs, partial(orders.cancel, order_id=order.pk, by="guest")])
        assert names(outcomes) <= {"NoneType", "Order", "CaptureRefused", "ProviderUnavailable"}
        settle()
        order.refresh_from_db()
        taken, given = at_sandbox(shop_sandbox, order)
        assert (order.held_minor, order.captured_minor, order.refunded_minor) == (0, taken, given)
        assert taken == given  # it was cancelled: whatever was taken is back, and the rest was let go
        assert order.authorised_minor == taken
        assert order.status == ("refunded" if taken else "cancelled")
    assert (violations(), at_the_provider()) == ([], [])


def test_F22_captures_in_parts_race_with_letting_go(schedules: Any, shop_sandbox: RunningSandbox) -> None:
    for _schedule in schedules(long=50):
        order = held()
        capture(order, 100)  # who lets go of all of a living order is told to cancel it instead
        jobs = [partial(capture, order, minor) for minor in (700, 800, 900)]
        together([*jobs, partial(payments.request_void, order_id=order.pk, by="staff:1")])
        settle()
        order.refresh_from_db()
        taken, given = at_sandbox(shop_sandbox, order)
        assert (order.captured_minor, order.authorised_minor, order.held_minor) == (taken, taken, 0)
        assert (given, Capture.objects.filter(order_id=order.pk, status="requested").count()) == (0, 0)
    assert (violations(), at_the_provider()) == ([], [])


def packed() -> Order:
    """The same, ready to leave."""
    order = held()
    outbox.drain(mails=False)
    fulfilment.start(order_id=order.pk, by="staff:1")
    fulfilment.pick(order_id=order.pk, by="staff:1")
    return order


def take_a_third(order: Order) -> list[Capture]:
    """Staff take a third and say that this is all."""
    return payments.request_capture(order_id=order.pk, amount=Money(1000, USD), is_final=True, by="staff:1")


def hand_over(order: Order) -> Order:
    return fulfilment.dispatch(order_id=order.pk, carrier="DHL", tracking_number="1", by="staff:2")


def test_F22_a_part_that_is_to_be_all_races_with_the_parcel(schedules: Any, shop_sandbox: RunningSandbox) -> None:
    """One of both: an order that has left is paid whole, one of which a part is all stays until the rest is paid."""
    for _schedule in schedules(long=50):
        order = packed()
        final, parcel = together([partial(take_a_third, order), partial(hand_over, order)])
        has_left = isinstance(parcel, Order)
        assert isinstance(final, payments.CaptureRefused) is has_left
        assert has_left or isinstance(parcel, orders.TransitionRefused)
        settle()
        order.refresh_from_db()
        assert (order.status, order.captured_minor) == (("shipped", 3000) if has_left else ("ready_to_ship", 1000))
    assert (violations(), at_the_provider()) == ([], [])


def test_F22_control_what_is_let_go_pays_for_a_parcel(
    monkeypatch: pytest.MonkeyPatch, shop_sandbox: RunningSandbox
) -> None:
    order = packed()
    with monkeypatch.context() as without:
        without.setattr(covering, "let_go", lambda order, payments: None)
        take_a_third(order)
        hand_over(order)
    settle()
    told = [f"I7 {order.number}: shipped, and only 1000 of 3000 is taken or held"]
    assert [sentence for sentence in violations() if "taken or held" in sentence] == told


def test_F22_control_without_locks_more_is_asked_for_than_is_held(
    monkeypatch: pytest.MonkeyPatch, shop_sandbox: RunningSandbox
) -> None:
    order = held()
    ask = partial(payments.request_capture, order_id=order.pk, amount=Money(2000, USD), by="staff:1")
    with unlocked(monkeypatch, capturing, "capturable"):
        together([ask] * 2)
    assert sum(Capture.objects.filter(order_id=order.pk).values_list("amount_minor", flat=True)) == 4000


def test_F21_refunds_race_with_captures(schedules: Any, shop_sandbox: RunningSandbox) -> None:
    """Two admins give back while a third takes: never more than was taken by then."""
    for _schedule in schedules():
        order = held()
        capture(order, 1000)
        jobs = [partial(refund, order, 800), partial(refund, order, 800), partial(capture, order, 600)]
        outcomes = together([*jobs, partial(capture, order, 1400)])
        assert names(outcomes) <= {"NoneType", "RefundRefused", "CaptureRefused", "ProviderUnavailable"}
        settle()
        order.refresh_from_db()
        asked = Refund.objects.filter(order_id=order.pk).exclude(status="failed").values_list("amount_minor", flat=True)
        assert 800 <= sum(asked) == order.refunded_minor <= order.captured_minor <= 3000
        assert at_sandbox(shop_sandbox, order) == (order.captured_minor, order.refunded_minor)
    assert (violations(), at_the_provider()) == ([], [])


def test_F21_more_than_was_captured_is_refused_whoever_asks(schedules: Any, shop_sandbox: RunningSandbox) -> None:
    for _schedule in schedules():
        order = held()
        capture(order, 1000)
        outcomes = together([partial(refund, order, 1001)] * 3)
        assert names(outcomes) == {"RefundRefused"}
        assert Refund.objects.filter(order_id=order.pk).count() == 0
    assert (violations(), at_the_provider()) == ([], [])
