"""Races of edits: with other edits, with a cancellation, with the carrier at the door; and a balance paid twice.

Each control takes the lock away and lets the other one happen between what somebody has read and what he writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from django.db.models import QuerySet

from catalog.products.models import Product
from checkout.changes import services as changes
from checkout.changes import writing
from checkout.desk import services as desk
from checkout.fulfilment import leaving
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import ShipmentLine
from checkout.orders import services as orders
from checkout.orders.models import Order, OrderChange, OrderLine
from checkout.payments import recording
from checkout.payments import services as payments
from checkout.payments.models import Payment, Refund
from inventory.stock import selectors as stock
from shop.core import db
from tests import outbox
from tests.checkout.invariants import violations
from tests.concurrency.race import together, without_constraint
from tests.concurrency.test_orders import unlocked
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories.inventory import stocked
from tests.invariants import violations as everything

pytestmark = pytest.mark.django_db(transaction=True)
BY = "staff:1"


@contextmanager
def meanwhile(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, job: Callable[[], Any]) -> Iterator[list[Any]]:
    """No row locks, and `job` is done by somebody else right after `module.name` has returned for the first time; the
    list has its outcome."""
    real, outcomes = getattr(module, name), []

    def then_the_other(*arguments: Any, **named: Any) -> Any:
        found = real(*arguments, **named)
        if not outcomes:
            outcomes.append(None)
            outcomes[:] = together([job])
        return found

    with monkeypatch.context() as patch:
        patch.setattr(QuerySet, "select_for_update", lambda self, **options: self.all())
        patch.setattr(module, name, then_the_other)
        yield outcomes


def line(order: Order) -> OrderLine:
    return OrderLine.objects.get(order=order, position=1)


def edit(order: Order, **wanted: Any) -> Callable[[], Any]:
    """An edit by somebody who has seen the order as it was placed."""
    return partial(changes.edit, order_id=order.pk, seen_revision=0, reason="", by=BY, **wanted)


def less(order: Order, units: int = 1) -> Callable[[], Any]:
    return edit(order, removed={line(order).pk: units})


def sold() -> tuple[Order, Product, UUID]:
    """A paid order of three units of a product, with seven more in stock; the product's variant."""
    carts.rates()
    product = carts.product(units=10, amount=2000)
    order = carts.order(carts.cart((product, 3)))
    payment = make.payment_of(order)
    payments.record(payment_id=payment.pk, outcome=make.captured(payment), source="charge")
    fulfilment.open_shipments(order_id=order.pk, by="system")
    return order, product, carts.variant_of(product).pk


def kinds(results: list[Any]) -> list[str]:
    return sorted(getattr(result, "code", type(result).__name__) for result in results)


def test_F23_two_edit_what_both_have_seen_one_wins(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        order, _product, variant = sold()
        results = together([less(order), edit(order, added={variant: 2})])
        assert kinds(results) == ["OrderChange", "changed_meanwhile"]
        order.refresh_from_db()
        assert (order.revision, order.changes.count()) == (1, 1)
        outbox.drain(mails=False, rounds=50)
        [units] = order.lines.values_list("quantity") if order.changes.get().removed else [(5,)]
        assert stock.available([variant]) == {variant: 10 - units[0]}
    assert everything() == []


def test_F23_control_without_locks_both_edits_are_revision_one(monkeypatch: pytest.MonkeyPatch) -> None:
    order, _product, _variant = sold()
    with without_constraint("checkout_orderchange", "order_change_revision", using=db.DEFAULT):
        with meanwhile(monkeypatch, writing, "check", less(order)) as others:
            results = [less(order)(), *others]
        assert kinds(results) == ["OrderChange", "OrderChange"]
        assert [change.revision for change in OrderChange.objects.all()] == [1, 1]
        assert [text for text in violations(ask_provider=False) if text.startswith("I8")] != []
        OrderChange.objects.all().delete()


def test_F23_edit_and_cancel_at_once_leave_a_cancelled_order(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        order, _product, variant = sold()
        cancel = partial(orders.cancel, order_id=order.pk, by="guest")
        results = together([edit(order, added={variant: 2}), cancel])
        assert kinds(results) in (["Order", "OrderChange"], ["Order", "not_editable"])
        order.refresh_from_db()
        for change in order.changes.all():  # before it, not after
            assert change.at < order.steps.get(trigger="cancel").at
        outbox.drain(mails=False, rounds=50)
        assert stock.available([variant]) == {variant: 10}
        assert Refund.objects.filter(order_id=order.pk).count() == 1
    assert everything() == []


def test_F23_control_without_locks_a_cancelled_order_is_edited(monkeypatch: pytest.MonkeyPatch) -> None:
    order, _product, _variant = sold()
    with meanwhile(monkeypatch, writing, "check", partial(orders.cancel, order_id=order.pk, by="guest")) as others:
        results = [less(order)(), *others]
    assert kinds(results) == ["Order", "OrderChange"]
    order.refresh_from_db()
    assert order.status == "cancelled"
    assert order.changes.get().at > order.steps.get(trigger="cancel").at


def unwanted(order: Order) -> Callable[[], Any]:
    """The shopper no longer wants one of the three units."""
    return partial(desk.cancel_units, order_id=order.pk, units={line(order).pk: 1}, by="guest")


def packing(order: Order) -> Callable[[], Any]:
    """The warehouse begins with the order."""
    return partial(fulfilment.start, order_id=order.pk, by=BY)


def test_F23_shopper_cancels_units_and_warehouse_begins_at_once(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        order, _product, _variant = sold()
        results = together([unwanted(order), packing(order)])
        assert kinds(results) in (["NoneType", "Order"], ["Order", "not_editable"])
        for change in order.changes.all():  # before it, not after
            assert change.at < order.steps.get(trigger="start_fulfillment").at
        in_parcels = ShipmentLine.objects.filter(order_id=order.pk).values_list("quantity", flat=True)
        assert list(in_parcels) == [line(order).quantity] == [3 - order.changes.count()]
    outbox.drain(mails=False, rounds=50)
    assert everything() == []


def test_F23_control_without_locks_units_are_cancelled_that_are_being_picked(monkeypatch: pytest.MonkeyPatch) -> None:
    order, _product, _variant = sold()
    with meanwhile(monkeypatch, writing, "check", packing(order)) as others:
        results = [unwanted(order)(), *others]
    assert kinds(results) == ["NoneType", "Order"]
    assert order.changes.get().at > order.steps.get(trigger="start_fulfillment").at


def test_what_the_shopper_saw_before_the_warehouse_began_is_too_late() -> None:
    """The page is looked at first and posted later: what counts is how the order is then."""
    order, _product, _variant = sold()
    seen = desk.preview_cancelling(order_id=order.pk, units={line(order).pk: 1})
    packing(order)()
    with pytest.raises(changes.EditRefused) as refused:
        unwanted(order)()
    assert (seen.balance.minor < 0, refused.value.code, order.changes.count()) == (True, "not_editable", 0)


def ready() -> Order:
    return make.ready([stocked(10)], quantity=3)


@contextmanager
def handed_over(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """How many units the carrier was given each time, as the parcels were when somebody looked last."""
    seen: list[int] = []
    real = leaving._check_here

    def noted(lines: list[Any]) -> None:
        seen.append(sum(one.quantity for one in lines))
        real(lines)

    with monkeypatch.context() as patch:
        patch.setattr(leaving, "_check_here", noted)
        yield seen


def send(order: Order) -> Callable[[], Any]:
    return partial(fulfilment.dispatch, order_id=order.pk, carrier="UPS", tracking_number="1", by=BY)


def test_F23_edit_and_ship_at_once_what_leaves_is_what_is_left(schedules: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for _schedule in schedules(long=50):
        order = ready()
        with handed_over(monkeypatch) as units:
            results = together([less(order), send(order)])
        refused = (["Order", "not_editable"], ["Order", "already_shipped"])  # it left before, or while it was planned
        assert kinds(results) in (["Order", "OrderChange"], *refused)
        assert units == [line(order).quantity]
        order.refresh_from_db()
        assert (order.status, order.fulfilment_state) == ("shipped", "shipped")
    outbox.drain(mails=False, rounds=50)
    assert everything() == []


def test_F23_control_without_locks_more_leaves_than_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    order = ready()
    with handed_over(monkeypatch) as units, meanwhile(monkeypatch, leaving, "_check_here", less(order)) as others:
        results = [send(order)(), *others]
    assert kinds(results) == ["Order", "OrderChange"]
    assert (units, line(order).quantity) == ([3], 2)


def owing() -> tuple[Order, list[Payment]]:
    """An order with a balance that two people pay, each on a page of the provider's."""
    order, _product, variant = sold()
    changes.edit(order_id=order.pk, seen_revision=0, added={variant: 1}, reason="", by=BY)
    opened = [payments.retry(order_id=order.pk, provider="stripe", token="", by="guest") for _person in range(2)]
    return order, opened


def pay(payment: Payment) -> Callable[[], Any]:
    return partial(payments.record, payment_id=payment.pk, outcome=make.captured(payment), source="webhook")


def test_F21_a_balance_that_is_paid_twice_goes_back_once(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        order, opened = owing()
        results = together([pay(payment) for payment in opened])
        assert kinds(results) == ["Payment", "Payment"]
        order.refresh_from_db()
        asked = list(Refund.objects.filter(order_id=order.pk).values_list("amount_minor", flat=True))
        assert (order.balance_minor, asked) == (-2125, [2125])
    assert [text for text in violations(ask_provider=False) if not text.startswith("I2")] == []


def test_F21_control_without_locks_nobody_sees_that_it_was_paid_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    order, opened = owing()
    with unlocked(monkeypatch, recording, "_entries"):
        together([pay(payment) for payment in opened])
    assert not Refund.objects.filter(order_id=order.pk).exists()
    assert [text for text in violations(ask_provider=False) if text.startswith("I7")] != []
