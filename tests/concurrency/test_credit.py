"""F25: store credit spent twice at the same time, with its negative control."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

import pytest

from checkout.orders.models import Order
from checkout.payments import crediting
from checkout.payments import invariants as payment_invariants
from checkout.payments import services as payments
from checkout.payments.models import Refund
from checkout.storecredit import invariants, locking, selectors, services
from checkout.storecredit.models import CreditAccount
from shop.core import db
from shop.core.money import Money
from tests import outbox
from tests.concurrency import race
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.invariants import violations

pytestmark = pytest.mark.django_db(transaction=True)


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def rich() -> UUID:
    """A customer with 2000 cents of credit."""
    key = db.uuid7()
    services.grant(customer_id=key, amount=usd(2000), reason="Sorry", key="g", by="staff:1")
    return key


@pytest.fixture
def customer_id() -> UUID:
    return rich()


def spend(customer_id: UUID, number: int) -> object:
    return services.hold(
        customer_id=customer_id, payment_id=db.uuid7(), amount=usd(1500), document="", key=f"h{number}", by="system"
    )


def test_F25_spent_twice_at_the_same_time_only_one_gets_it(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        customer_id = rich()
        outcomes = race.together([partial(spend, customer_id, n) for n in range(6)])
        assert sum(isinstance(one, services.NotEnough) for one in outcomes) == 5
        assert selectors.balance(customer_id, "USD") == usd(500)
    assert invariants.balances_are_sums() == []
    assert violations() == []


def test_F25_the_same_key_at_the_same_time_is_one_entry(customer_id: UUID) -> None:
    payment_id = db.uuid7()
    jobs = [
        lambda: services.hold(
            customer_id=customer_id, payment_id=payment_id, amount=usd(800), document="", key="h", by="system"
        )
    ] * 5
    outcomes = race.together(jobs)
    assert len({entry.pk for entry in outcomes}) == 1
    assert selectors.balance(customer_id, "USD") == usd(1200)


def test_F25_given_back_twice_at_the_same_time_comes_back_once(schedules: Any) -> None:
    for _schedule in schedules():
        customer_id, payment_id = rich(), db.uuid7()
        about = {"payment_id": payment_id, "by": "system"}
        services.hold(customer_id=customer_id, amount=usd(800), document="", key="h", **about)
        race.together([partial(services.release, key=f"r{n}", **about) for n in range(4)])
        assert selectors.balance(customer_id, "USD") == usd(2000)
    assert invariants.balances_are_sums() == []
    assert violations() == []


def test_F25_two_orders_paid_with_the_same_credit(schedules: Any) -> None:
    """The credit pays for one; the other is declined, or paid by nobody."""
    carts.rates()
    product = carts.product(units=900, amount=1000)
    for _schedule in schedules():
        customer_id = rich()
        services.withdraw(
            customer_id=customer_id, amount=usd(300), reason="x", key="w", by="staff:1"
        )  # what is left pays one order, not two
        placed = []
        for _ in range(2):  # a customer has one open cart at a time
            cart = carts.cart((product, 1), customer_id=customer_id)
            placed.append(carts.order(cart, provider="store_credit", token="", method="store_credit", use_credit=True))
        keys = [make.payment_of(order).pk for order in placed]
        race.together([partial(payments.charge, payment_id=key) for key in keys * 2])
        assert selectors.balance(customer_id, "USD").minor >= 0
        for order in placed:
            order.refresh_from_db()
        assert sorted(order.status for order in placed) == ["payment_confirmed", "payment_pending"]
        assert sorted(order.captured_minor for order in placed) == [0, placed[0].total_minor]
    outbox.drain(mails=False)
    assert violations() == []


def test_F25_control_without_the_lock_the_balance_is_no_longer_the_sum(
    customer_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: two read the same balance, both spend, and the ledger shows what the lock prevents."""
    stale = CreditAccount.objects.get(customer_id=customer_id)
    monkeypatch.setattr(locking, "account", lambda *_about: CreditAccount.objects.get(pk=stale.pk))
    first, second = CreditAccount.objects.get(pk=stale.pk), CreditAccount.objects.get(pk=stale.pk)
    for number, read in enumerate((first, second)):
        monkeypatch.setattr(locking, "account", lambda *_about, read=read: read)
        spend(customer_id, number)
    [first_found, second_found] = invariants.balances_are_sums()
    assert "the balance is 500, its entries come to -1000" in first_found
    assert second_found == "I7 store credit in USD: customers have 500, the ledger says that we owe -1000"


def refund(order_id: UUID, to: str) -> object:
    return payments.request_refund(order_id=order_id, amount=usd(2000), reason="x", by="staff:1", to=to)


def paid_by(customer_id: UUID) -> Order:
    return make.paid(customer_id=customer_id)


def test_F21_to_the_card_and_to_credit_at_once_is_at_most_what_was_captured(customer_id: UUID, schedules: Any) -> None:
    for _schedule in schedules():
        order = paid_by(customer_id)
        jobs = [partial(refund, order.pk, to) for to in ("original", "store_credit", "original", "store_credit")]
        outcomes = race.together(jobs)
        assert sum(isinstance(one, payments.RefundRefused) for one in outcomes) == 3
        order.refresh_from_db()
        [made] = Refund.objects.filter(order_id=order.pk)
        assert order.refunded_minor == (2000 if made.destination == "store_credit" else 0)
        assert (order.captured_minor, made.amount_minor) == (3000, 2000)
    assert invariants.balances_are_sums() == []
    assert violations() == []


def test_F21_control_without_the_locks_more_goes_back_than_came_in(
    customer_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control: both weigh what is left before either has written anything down."""
    order = paid_by(customer_id)
    payment = make.payment_of(order)
    monkeypatch.setattr(crediting, "shares", lambda *_about: (order, [(payment, 2000)]))
    refund(order.pk, "original")
    refund(order.pk, "store_credit")
    assert sum(one.amount_minor for one in Refund.objects.filter(order_id=order.pk)) == 4000
    assert payment_invariants.refunds_fit() == [
        f"I7 payment {payment.pk}: 4000 were given back or asked for, 3000 captured"
    ]
