"""What goes back beside refunds that failed and disputes that were lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.models import Sum

from checkout.changes import services as changes
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import invariants, lingering, rules, tasks
from checkout.payments import services as payments
from checkout.payments.models import Payment, Refund
from checkout.payments.providers import base
from checkout.payments.providers.stripe import Stripe
from checkout.receivables.models import Receivable
from shop.core import db
from shop.core.money import Money
from shop.events.models import Delivery
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories.changes import bought, line_of, money, now
from tests.fakes.sandbox import CARD, RunningSandbox

pytestmark = pytest.mark.django_db
BY = "staff:1"


def disputed(order: Order, minor: int, *kinds: str) -> None:
    payment = make.payment_of(order)
    facts = tuple(base.Fact(kind, "dp_1", Money(minor, "USD")) for kind in kinds)
    outcome = base.Outcome(reference=payment.reference, state="succeeded", facts=facts)
    payments.record(payment_id=payment.pk, outcome=outcome, source="webhook")


def refunds(order_id: UUID) -> list[tuple[int, str]]:
    return list(Refund.objects.filter(order_id=order_id).order_by("id").values_list("amount_minor", "status"))


@pytest.mark.parametrize("is_cancelled_first", [True, False])
def test_what_the_bank_left_of_a_payment_goes_back_once_it_has_decided(is_cancelled_first: bool) -> None:
    order = make.paid()  # 30.00
    outbox.drain()
    disputed(order, 1000, "disputed")
    if is_cancelled_first:
        orders.cancel(order_id=order.pk, by=BY)
        outbox.drain(mails=False)
        assert refunds(order.pk) == []
        Order.objects.filter(pk=order.pk).update(updated_at=db.clock() - timedelta(minutes=16))
        assert invariants.no_orphan_money() == []  # it is kept on purpose
    disputed(order, 1000, "disputed", "dispute_lost")
    if not is_cancelled_first:
        assert refunds(order.pk) == []
        orders.cancel(order_id=order.pk, by=BY)
        outbox.drain(mails=False)
    assert [minor for minor, _status in refunds(order.pk)] == [2000]


@contextmanager
def closed_account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    def refuse(*_about: Any) -> base.Outcome:
        raise base.ProviderRefused("the account is closed", "account_closed")

    with monkeypatch.context() as patch:
        patch.setattr(Stripe, "refund", refuse)
        yield


def try_until_it_is_given_up() -> None:
    for _round in range(rules.MAX_REFUND_TRIES + 1):
        outbox.drain(mails=False)
        Refund.objects.update(created_at=db.clock() - timedelta(hours=2))
        for refund_id in lingering.failed_refunds():
            tasks.try_again(refund_id=str(refund_id))


def credit(order: Order, minor: int) -> None:
    payments.request_refund(
        order_id=order.pk, amount=Money(minor, "USD"), reason="account closed", by=BY, to="store_credit"
    )
    outbox.drain(mails=False)


@pytest.mark.parametrize("is_refused_first", [True, False])
def test_what_a_disputed_payment_cannot_give_back_another_one_gives(
    shop_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch, is_refused_first: bool
) -> None:
    carts.rates()
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 1))
    first = make.payment_of(order)
    changes.edit(order_id=order.pk, seen_revision=0, added={carts.variant_of(mug).pk: 1}, reason="", by=BY)
    payments.retry(order_id=order.pk, provider="stripe", token=CARD, by="guest")
    outbox.drain(mails=False)
    second = Payment.objects.exclude(pk=first.pk).get(order=order)
    dispute = base.Fact("disputed", "dp_1", Money(first.captured_minor, "USD"))
    called_back = base.Outcome(reference=first.reference, state="succeeded", facts=(dispute,))
    payments.request_refund(order_id=order.pk, amount=Money(1, "USD"), reason="", by=BY)  # of the first payment
    asked = Refund.objects.get()
    Delivery.objects.filter(status="pending").delete()  # it is sent when the timetable finds it

    def refused() -> None:
        with closed_account(monkeypatch):
            payments.refund(refund_id=asked.pk)

    if is_refused_first:
        refused()
    payments.record(payment_id=first.pk, outcome=called_back, source="webhook")
    orders.cancel(order_id=order.pk, by=BY)
    outbox.drain(mails=False)
    if not is_refused_first:
        refused()
    try_until_it_is_given_up()
    given = Refund.objects.filter(order_id=order.pk, payment=second, status="done").aggregate(sum=Sum("amount_minor"))
    assert (given["sum"], now(order).balance_minor) == (second.captured_minor, -first.captured_minor)
    assert violations() == []


@pytest.mark.parametrize("to", ["original", "store_credit"])
def test_what_is_given_back_of_two_payments_is_given_once(shop_sandbox: RunningSandbox, to: str) -> None:
    carts.rates()
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 1), customer_id=carts.customer().pk)
    first = make.payment_of(order)
    changes.edit(order_id=order.pk, seen_revision=0, added={carts.variant_of(mug).pk: 1}, reason="", by=BY)
    payments.retry(order_id=order.pk, provider="stripe", token=CARD, by="guest")
    outbox.drain(mails=False)
    second = Payment.objects.exclude(pk=first.pk).get(order=order)
    whole = now(order).total
    payments.request_refund(order_id=order.pk, amount=whole, reason="late", by=BY, to=to)
    outbox.drain(mails=False)
    assert refunds(order.pk) == [(first.captured_minor, "done"), (second.captured_minor, "done")]
    assert violations() == []


@pytest.mark.parametrize("to", ["original", "store_credit"])
def test_the_same_key_is_the_same_refund(shop_sandbox: RunningSandbox, to: str) -> None:
    carts.rates()
    order = bought((carts.product(units=10, amount=2000), 1), customer_id=carts.customer().pk)
    key, amount = db.uuid7(), Money(1500, "USD")
    first, again = (
        payments.request_refund(order_id=order.pk, amount=amount, reason="late", by=BY, to=to, key=key)
        for _twice in range(2)
    )
    assert [refund.pk for refund in first] == [refund.pk for refund in again]
    outbox.drain(mails=False)
    with pytest.raises(payments.RefundRefused) as refused:
        payments.request_refund(order_id=order.pk, amount=Money(1400, "USD"), reason="late", by=BY, to=to, key=key)
    assert (refused.value.code, refunds(order.pk)) == ("already_made", [(1500, "done")])
    assert violations() == []


def test_a_refund_that_was_given_as_credit_after_all_leaves_the_next_one_alone(
    shop_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    carts.rates()
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 3), customer_id=carts.customer().pk)
    line = line_of(order, mug)
    with closed_account(monkeypatch):
        changes.edit(order_id=order.pk, seen_revision=0, removed={line.pk: 1}, reason="", by=BY)
        try_until_it_is_given_up()
    owed = -money(order)[3]
    credit(order, owed)
    assert (money(order)[3], refunds(order.pk)[-2:]) == (0, [(owed, "replaced"), (owed, "done")])
    changes.edit(order_id=order.pk, seen_revision=1, removed={line.pk: 1}, reason="", by=BY)
    owed = -money(order)[3]
    outbox.drain(mails=False)
    assert (money(order)[3], refunds(order.pk)[-1]) == (0, (owed, "done"))
    assert violations() == []


def test_an_order_that_became_dearer_again_owes_nothing_for_what_failed(
    shop_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    carts.rates()
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 3))
    with closed_account(monkeypatch):
        changes.edit(order_id=order.pk, seen_revision=0, removed={line_of(order, mug).pk: 1}, reason="", by=BY)
        try_until_it_is_given_up()
    changes.edit(
        order_id=order.pk, seen_revision=1, added={carts.variant_of(mug).pk: 2}, reason="", by=BY
    )  # fmt: skip
    outbox.drain(mails=False)
    assert (money(order)[3] > 0, refunds(order.pk)[-1][1]) == (True, "replaced")
    orders.cancel(order_id=order.pk, by=BY)
    outbox.drain(mails=False)
    order = now(order)
    assert order.captured_minor == order.refunded_minor
    assert violations() == []


def test_what_failed_and_is_still_owed_is_not_asked_for_beside_its_next_try(
    shop_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    carts.rates()
    mug = carts.product(units=10, amount=2000)
    order = bought((mug, 3), customer_id=carts.customer().pk)
    with closed_account(monkeypatch):
        changes.edit(order_id=order.pk, seen_revision=0, removed={line_of(order, mug).pk: 1}, reason="", by=BY)
        try_until_it_is_given_up()
        owed = -money(order)[3]
        credit(order, 1000)
    [failed] = Refund.objects.filter(order_id=order.pk, status="failed").order_by("-id")[:1]
    payments.try_again(refund_id=failed.pk, by=BY)
    outbox.drain(mails=False)
    assert (money(order)[3], refunds(order.pk)[-1]) == (0, (owed - 1000, "done"))


def test_one_transfer_that_pays_two_promises_leaves_nothing_to_be_reminded_of(shop_sandbox: RunningSandbox) -> None:
    """On invoice, and made dearer on invoice: the customer sends both sums as one, and staff record it so."""
    carts.rates()
    mug, bowl = carts.product(amount=2000), carts.product(amount=1000)
    order = bought((mug, 1), provider="invoice", token="")
    changes.edit(order_id=order.pk, seen_revision=0, added={carts.variant_of(bowl).pk: 1}, reason="", by=BY)
    outbox.drain(mails=False)
    second = payments.retry(order_id=order.pk, provider="invoice", token="", by="guest", method="invoice")
    outbox.drain(mails=False)
    assert [row.open.minor > 0 for row in Receivable.objects.all()] == [True, True]
    payments.record_transfer(
        payment_id=second.pk, amount=now(order).total, statement_id="L1", at=db.clock(), by=BY
    )  # fmt: skip
    outbox.drain(mails=False)
    assert (money(order)[3], [row.open.minor for row in Receivable.objects.all()]) == (0, [0, 0])
    assert (refunds(order.pk), violations()) == ([], [])
