"""Another way to pay while a provider does not answer: when it is open, when not, and what becomes of the first."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from checkout.orders import access
from checkout.orders.models import Order
from checkout.payments import calls, recording
from checkout.payments import services as payments
from checkout.payments.models import Payment
from checkout.payments.providers import base
from shop.core import db
from shop.resilience import breaker
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.fakes.sandbox import CARD, RunningSandbox

pytestmark = pytest.mark.django_db


def break_circuit() -> None:
    def fail() -> None:
        raise base.ProviderUnavailable("down")

    for _ in range(breaker.FAILURES):
        with pytest.raises((base.ProviderUnavailable, breaker.Open)):
            breaker.call(calls.circuit("stripe"), (base.ProviderUnavailable,), fail)


def unanswered(sandbox: RunningSandbox, *, is_over: bool) -> Payment:
    """A payment whose money was taken and whose answer was lost; `is_over`: long enough ago."""
    payment = make.payment_of(make.placed())
    sandbox.faults(lost_replies=2, path="payment_intents$")
    with pytest.raises(payments.ProviderUnavailable):
        payments.charge(payment_id=payment.pk)
    past = db.clock() - timedelta(seconds=1)
    Payment.objects.filter(pk=payment.pk).update(attempts=2, **({"answer_due_at": past} if is_over else {}))
    payment.refresh_from_db()
    return payment


def test_who_was_never_asked_is_left_for_another_way(client: Client, shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    break_circuit()
    with pytest.raises(payments.ProviderUnavailable):
        payments.charge(payment_id=make.payment_of(order).pk)
    html = client.get(access.url(order)).content.decode()
    assert 'data-testid="other-way"' in html
    assert 'data-testid="payment-form"' not in html
    html = client.get(f"{access.url(order)}&other=1").content.decode()
    assert 'data-testid="payment-form"' in html
    payments.retry(order_id=order.pk, provider="bank_transfer", token="", by="guest")
    outbox.drain()
    assert [one.status for one in Payment.objects.filter(order=order)] == ["cancelled", "action_required"]
    assert "charge" not in shop_sandbox.state()["counts"]


def test_while_the_answer_may_come_the_page_says_why_not(client: Client, shop_sandbox: RunningSandbox) -> None:
    payment = unanswered(shop_sandbox, is_over=False)
    order = Order.objects.get(pk=payment.order_id)
    html = client.get(f"{access.url(order)}&other=1").content.decode()
    assert "Its answer may still come. In two minutes you can choose another way to pay.</p>" in html
    assert 'data-testid="payment-form"' not in html
    with pytest.raises(payments.PaymentRefused, match="may still come"):
        payments.retry(order_id=order.pk, provider="stripe", token=CARD, by="guest")
    assert Payment.objects.filter(order=order).count() == 1


def test_while_nobody_can_look_the_page_says_why_not(client: Client, shop_sandbox: RunningSandbox) -> None:
    payment = unanswered(shop_sandbox, is_over=True)
    break_circuit()
    assert payments.why_not(payment) == (
        "Until it answers we cannot know that it has not taken your money, so you cannot pay in another way."
    )
    with pytest.raises(payments.PaymentRefused, match="Until it answers"):
        payments.retry(order_id=payment.order_id, provider="bank_transfer", token="", by="guest")


def test_money_that_was_taken_is_found_and_ends_the_wish(shop_sandbox: RunningSandbox) -> None:
    payment = unanswered(shop_sandbox, is_over=True)
    with pytest.raises(payments.PaymentRefused, match="This order is paid"):
        payments.retry(order_id=payment.order_id, provider="stripe", token=CARD, by="guest")
    payment.refresh_from_db()
    assert (payment.status, payment.captured_minor) == ("paid", 3000)
    outbox.drain()
    assert [charge["amount"] for charge in shop_sandbox.state()["charge"]] == [3000]
    assert violations() == []


def test_who_was_asked_in_vain_is_dropped_after_a_look(shop_sandbox: RunningSandbox) -> None:
    payment = make.payment_of(make.placed())
    shop_sandbox.faults(errors=2, path="payment_intents$")
    with pytest.raises(payments.ProviderUnavailable):
        payments.charge(payment_id=payment.pk)
    second = payments.retry(order_id=payment.order_id, provider="stripe", token=CARD, by="guest")
    outbox.drain()
    payment.refresh_from_db()
    second.refresh_from_db()
    assert (payment.status, second.status) == ("cancelled", "paid")
    assert [charge["amount"] for charge in shop_sandbox.state()["charge"]] == [3000]
    assert recording.start(payment_id=payment.pk, provider="stripe") is None


def test_a_payment_that_goes_its_way_is_not_switched(shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    with pytest.raises(payments.PaymentRefused, match="already under way"):
        payments.retry(order_id=order.pk, provider="stripe", token=CARD, by="guest")
