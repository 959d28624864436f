"""A key that only repeats a stored failure: what it did is looked for, and only then is another key taken."""

from __future__ import annotations

from datetime import timedelta

import pytest

from checkout.orders.models import Order
from checkout.payments import asking, calls, collecting, recording, rules, selectors
from checkout.payments import services as payments
from checkout.payments.models import Payment
from checkout.payments.providers import base
from checkout.payments.providers.stripe import Stripe
from shop.audit.models import AuditEntry
from shop.core import db
from shop.resilience import breaker
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.fakes.sandbox import RunningSandbox

pytestmark = pytest.mark.django_db


def ask(payment: Payment, times: int) -> None:
    for _ in range(times):
        with pytest.raises(payments.ProviderUnavailable):
            payments.charge(payment_id=payment.pk)


def charges(sandbox: RunningSandbox) -> list[int]:
    return [charge["amount"] for charge in sandbox.state().get("charge", [])]


def test_a_stored_failure_is_asked_past_under_a_new_key_and_pays_once(shop_sandbox: RunningSandbox) -> None:
    order = make.placed()
    payment = make.payment_of(order)
    shop_sandbox.faults(stored_errors=1, path="payment_intents$")
    ask(payment, rules.KEY_TRIES)
    payment.refresh_from_db()
    assert (payment.key_number, payment.status, charges(shop_sandbox)) == (2, "processing", [])
    payments.charge(payment_id=payment.pk)
    payment.refresh_from_db()
    assert (payment.status, payment.captured_minor, charges(shop_sandbox)) == ("paid", 3000, [3000])
    [entry] = AuditEntry.objects.filter(action="payment.key")
    assert entry.changes == {"payment": str(payment.pk), "number": 2}
    assert violations() == []


def test_one_key_alone_would_never_be_paid(shop_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: without a new key the stored failure is the answer for ever."""
    payment = make.payment_of(make.placed())
    shop_sandbox.faults(stored_errors=1, path="payment_intents$")
    monkeypatch.setattr(asking, "next_key", lambda _started: None)
    ask(payment, breaker.FAILURES - 1)
    breaker.reset(calls.circuit("stripe"))
    ask(payment, breaker.FAILURES - 1)
    assert charges(shop_sandbox) == []


def failed_after_taking(sandbox: RunningSandbox, payment: Payment) -> None:
    """The provider took the money, failed while it wrote its answer, and keeps the failure for the key."""
    started = recording.start(payment_id=payment.pk, provider="stripe")
    assert started is not None
    sandbox.provider().charge(collecting.request_for(started))
    body = '{"error": {"message": "The sandbox was told to fail.", "type": "api_error"}}'
    sandbox.server.box.store.rows("UPDATE answers SET status = 500, body = ? WHERE key LIKE 'charge:%'", body)


def test_money_that_the_failed_call_took_is_found_and_not_taken_again(shop_sandbox: RunningSandbox) -> None:
    payment = make.payment_of(make.placed())
    failed_after_taking(shop_sandbox, payment)
    ask(payment, rules.KEY_TRIES - 2)
    payments.charge(payment_id=payment.pk)
    payment.refresh_from_db()
    assert (payment.status, payment.key_number, payment.captured_minor) == ("paid", 1, 3000)
    assert charges(shop_sandbox) == [3000]
    assert violations() == []


def test_a_new_key_without_looking_charges_twice(shop_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the one above."""
    payment = make.payment_of(make.placed())
    failed_after_taking(shop_sandbox, payment)
    monkeypatch.setattr(asking, "look_for", lambda _payment: None)
    ask(payment, rules.KEY_TRIES - 1)
    payments.charge(payment_id=payment.pk)
    assert charges(shop_sandbox) == [3000, 3000]


def test_an_unstored_failure_keeps_the_key(shop_sandbox: RunningSandbox) -> None:
    payment = make.payment_of(make.placed())
    shop_sandbox.faults(errors=100, path="payment_intents$")
    ask(payment, rules.KEY_TRIES + 1)
    shop_sandbox.faults()
    payments.charge(payment_id=payment.pk)
    payment.refresh_from_db()
    assert (payment.status, payment.key_number) == ("paid", 1)


def test_what_search_does_not_show_yet_is_in_the_list(
    shop_sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    payment = make.payment_of(make.placed())
    failed_after_taking(shop_sandbox, payment)
    monkeypatch.setattr(Stripe, "find", lambda _self, _payment_id: None)
    found = asking.look_for(payment)
    assert found is not None
    assert [fact.kind for fact in found.facts] == ["authorised", "captured"]


def test_while_the_circuit_is_open_nobody_counts_as_asked(shop_sandbox: RunningSandbox) -> None:
    payment = make.payment_of(make.placed())

    def fail() -> None:
        raise base.ProviderUnavailable("down")

    for _ in range(breaker.FAILURES):
        with pytest.raises((base.ProviderUnavailable, breaker.Open)):
            breaker.call(calls.circuit("stripe"), (base.ProviderUnavailable,), fail)
    ask(payment, 2)
    payment.refresh_from_db()
    assert (payment.attempts, payment.status, payment.answer_due_at) == (0, "pending", None)
    assert selectors.standing(Order.objects.get(pk=payment.order_id)).is_delayed


def test_a_call_that_may_be_under_way_cannot_be_dropped(shop_sandbox: RunningSandbox) -> None:
    payment = make.payment_of(make.placed())
    shop_sandbox.faults(lost_replies=2, path="payment_intents$")
    ask(payment, 1)
    payment.refresh_from_db()
    assert payment.attempts == 1
    assert asking.is_being_asked(payment)
    assert not asking.drop(payment)
    Payment.objects.filter(pk=payment.pk).update(answer_due_at=db.clock() - timedelta(seconds=1))
    assert asking.drop(payment)
    payment.refresh_from_db()
    assert payment.status == "cancelled"


def test_a_call_that_failed_is_over(shop_sandbox: RunningSandbox) -> None:
    payment = make.payment_of(make.placed())
    shop_sandbox.faults(errors=100, path="payment_intents$")
    ask(payment, 1)
    payment.refresh_from_db()
    assert (payment.attempts, payment.status, payment.answer_due_at) == (1, "processing", None)
    assert not asking.drop(Payment(pk=payment.pk, attempts=0))
