"""Each invariant says nothing of a healthy shop, and names what was broken behind its back."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from checkout.fulfilment import services as fulfilment
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import collecting, invariants, providers
from checkout.payments.models import Payment, PaymentEvent, Refund
from checkout.payments.providers.stripe import Stripe
from shop.core import db
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db


def aged(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(updated_at=db.clock() - timedelta(minutes=16))


def test_a_healthy_shop_has_nothing_to_say(shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    outbox.drain()
    orders.cancel(order_id=make.placed().pk, by="guest")
    outbox.drain()
    aged(order)
    assert violations() == []


def test_I3_names_money_the_provider_knows_nothing_of(shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    outbox.drain()
    payment = make.payment_of(order)
    PaymentEvent.objects.filter(payment=payment, kind="captured").update(amount_minor=2999)
    Payment.objects.filter(pk=payment.pk).update(captured_minor=2999)
    assert invariants.paid_is_captured() == [
        f"I3 payment {payment.pk}: ours is 2999 captured and 0 refunded, stripe's 3000 and 0"
    ]


def test_I3_is_skipped_when_the_provider_does_not_answer(shop_sandbox: RunningSandbox) -> None:
    make.placed()
    outbox.drain()
    shop_sandbox.server.stop()
    providers.provider.cache_clear()
    with pytest.raises(invariants.Skipped, match="stripe does not answer"):
        invariants.paid_is_captured()


def test_I4_names_money_that_a_cancelled_order_kept() -> None:
    order = make.paid()
    orders.cancel(order_id=order.pk, by="guest")
    aged(order)
    assert invariants.no_orphan_money() == [
        f"I4 {order.number}: cancelled, and 3000 of its money is neither back nor asked for"
    ]
    Refund.objects.create(payment=make.payment_of(order), order_id=order.pk, amount_minor=3000, actor="system")
    assert invariants.no_orphan_money() == []


def test_I4_names_an_order_that_was_paid_twice() -> None:
    order = make.paid()
    Order.objects.filter(pk=order.pk).update(captured_minor=6000)
    aged(order)
    assert invariants.no_orphan_money() == [f"I4 {order.number}: 3000 more than its total was paid and not given back"]


def test_I4_names_a_paid_order_that_still_waits() -> None:
    order = make.placed()
    Order.objects.filter(pk=order.pk).update(captured_minor=3000)
    assert invariants.no_orphan_money() == [f"I4 {order.number}: paid, and still payment_pending"]


def test_I5_names_a_payment_that_was_taken_twice() -> None:
    payment = make.payment_of(make.paid())
    PaymentEvent.objects.create(
        payment=payment, order_id=payment.order_id, kind="captured", reference="ch_2", amount_minor=1, currency="USD",
        source="charge",
    )  # fmt: skip
    assert invariants.asked_once() == [f"I5 payment {payment.pk} was taken 2 times"]


def test_I7_names_sums_that_are_not_those_of_the_facts() -> None:
    order = make.paid()
    payment = make.payment_of(order)
    Payment.objects.filter(pk=payment.pk).update(captured_minor=2000)
    assert invariants.ledger_balances() == [
        f"I7 payment {payment.pk}: its sums are not those of its facts",
        f"I7 {order.number}: its sums are not those of its payments",
    ]


def test_I7_names_a_parcel_that_left_part_paid() -> None:
    order = make.ready()
    fulfilment.dispatch(order_id=order.pk, carrier="DHL", tracking_number="1", by="staff:1")
    assert invariants.ledger_balances() == []
    payment = make.payment_of(order)
    PaymentEvent.objects.filter(payment=payment, kind="captured").update(amount_minor=2999)
    Payment.objects.filter(pk=payment.pk).update(captured_minor=2999)
    Order.objects.filter(pk=order.pk).update(captured_minor=2999, secured_minor=2999)
    assert f"I7 {order.number}: shipped, and only 2999 of 3000 is taken or held" in invariants.ledger_balances()


def test_I7_the_database_itself_refuses_to_give_back_more_than_came_in() -> None:

    payment = make.payment_of(make.paid())
    with pytest.raises(IntegrityError, match="payment_refund_cap"), transaction.atomic(using=db.DEFAULT):
        Payment.objects.filter(pk=payment.pk).update(refunded_minor=3001)


def test_I3_asks_once_for_all_payments(shop_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        make.placed()
    outbox.drain()
    monkeypatch.setattr(Stripe, "fetch", lambda _self, reference: pytest.fail(f"{reference} was fetched"))
    assert invariants.paid_is_captured() == []


def test_I3_names_a_payment_that_was_taken_twice(shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    outbox.drain()
    payment = make.payment_of(order)
    payment.token = "pm_card_visa"
    question = replace(collecting.request_for(payment), idempotency_key="another")
    shop_sandbox.provider().charge(question)
    assert invariants.paid_is_captured() == [
        f"I3 payment {payment.pk}: stripe lists 6000 for it, ours is 3000: taken twice?"
    ]


def test_I3_leaves_to_a_late_list_what_a_second_look_confirms(
    shop_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.placed()
    outbox.drain()
    monkeypatch.setattr(Stripe, "list", lambda _self, _since, _until: [])
    assert invariants.paid_is_captured() == []
