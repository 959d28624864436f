"""F11: a hold ends while 3-D Secure is open. Whatever comes first, the unit is sold once or the money goes back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.purchase import services as purchase
from inventory.reservations import services as reservations
from inventory.reservations.models import Reservation
from inventory.stock.models import StockItem
from shop.core import db
from tests import outbox
from tests.checkout.invariants import violations as at_the_provider
from tests.concurrency.race import together
from tests.factories import checkout as make
from tests.factories.inventory import stocked
from tests.fakes.sandbox import CHALLENGED, RunningSandbox
from tests.invariants import violations
from tests.inventory.checks import counters

pytestmark = pytest.mark.django_db(transaction=True)


def challenged(item: StockItem) -> Order:
    """An order for the item's last unit whose shopper looks at the bank's page."""
    order = make.placed([item], token=CHALLENGED)
    payments.charge(payment_id=make.payment_of(order).pk)
    return order


class Happening:
    """What may happen to the order of a challenged payment, each at any time and in any order."""

    def __init__(self, sandbox: RunningSandbox, order: Order, item: StockItem) -> None:
        self.sandbox, self.order, self.item = sandbox, order, item
        self.payment = make.payment_of(order)

    def all(self) -> list[Callable[[], None]]:
        return [self.time_is_up, self.shopper_agrees, self.somebody_else_buys, self.browser_returns]

    def time_is_up(self) -> None:
        late = db.clock() - timedelta(seconds=1)
        Reservation.objects.filter(reference=self.order.pk, status="open").update(expires_at=late)
        reservations.expire()
        with suppress(payments.ProviderUnavailable):
            purchase.cancel_unpaid(order_id=self.order.pk)

    def shopper_agrees(self) -> None:
        with suppress(OSError):  # the bank's page is closed: the payment was cancelled
            self.sandbox.challenge(self.payment.reference)

    def somebody_else_buys(self) -> None:
        with suppress(reservations.OutOfStock):
            payments.charge(payment_id=make.payment_of(make.placed([self.item], email="rival@example.com")).pk)

    def browser_returns(self) -> None:
        payments.refresh(order_id=self.order.pk)


def settle(order: Order) -> None:
    """The timetable comes by and the workers hear everything."""
    for _round in range(3):
        payments.refresh(order_id=order.pk)
        purchase.cancel_unpaid(order_id=order.pk)
        outbox.drain(mails=False)
    assert outbox.failures() == []


def sold_once_or_given_back(order: Order, item: StockItem, sandbox: RunningSandbox) -> None:
    order.refresh_from_db()
    confirmed = Order.objects.filter(status="payment_confirmed", lines__variant_id=item.variant_id).count()
    assert confirmed == counters(item)[2] <= 1
    if order.status == "payment_confirmed":
        assert (order.captured_minor, order.refunded_minor) == (3000, 0)
    else:
        assert order.status in ("cancelled", "refunded", "payment_pending")
        assert order.captured_minor == order.refunded_minor


def adds_up() -> None:
    assert (violations(), at_the_provider()) == ([], [])


def test_F11_each_order_of_events(schedules: Any, shop_sandbox: RunningSandbox) -> None:
    for schedule in schedules():
        item = stocked(1)
        order = challenged(item)
        happening = Happening(shop_sandbox, order, item)
        sequence = happening.all()
        Random(schedule.seed).shuffle(sequence)
        for event in sequence:
            event()
        settle(order)
        sold_once_or_given_back(order, item, shop_sandbox)
    adds_up()


def test_F11_all_of_it_at_once(schedules: Any, shop_sandbox: RunningSandbox) -> None:
    for _schedule in schedules(long=50):
        item = stocked(1)
        order = challenged(item)
        outcomes = together(Happening(shop_sandbox, order, item).all())
        assert [one for one in outcomes if isinstance(one, Exception)] == []
        settle(order)
        sold_once_or_given_back(order, item, shop_sandbox)
    adds_up()


def test_F11_control_who_confirms_without_holding_anew_sells_a_unit_that_is_gone(
    shop_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = stocked(1)
    order = challenged(item)
    happening = Happening(shop_sandbox, order, item)
    Reservation.objects.filter(reference=order.pk).update(expires_at=db.clock() - timedelta(seconds=1))
    happening.somebody_else_buys()
    happening.shopper_agrees()
    with monkeypatch.context() as patch:
        patch.setattr(orders, "commit_stock", lambda **_order: True)
        happening.browser_returns()
        outbox.drain(mails=False)
    assert Order.objects.filter(status="payment_confirmed").count() == 2
    assert counters(item)[:1] == (1,)
    assert any("unit" in sentence or "hold" in sentence for sentence in violations())
