"""Opening, recording, retrying, refunding and transfers, without a provider's network."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest

from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments import lingering, providers, selectors
from checkout.payments import services as payments
from checkout.payments.models import Payment, PaymentEvent, ProviderEvent, Refund
from checkout.payments.providers import base
from shop.core import db
from shop.core.money import Money
from shop.events.models import OutboxEvent
from shop.notifications.models import Notification
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make

pytestmark = pytest.mark.django_db


def usd(minor: int) -> Money:
    return Money(minor, "USD")


def record(payment: Payment, outcome: base.Outcome) -> Order:
    payments.record(payment_id=payment.pk, outcome=outcome, source="fetch")
    return Order.objects.get(pk=payment.order_id)


def events(order: Order, kind: str) -> int:
    return OutboxEvent.objects.filter(aggregate_id=str(order.pk), event_type=kind).count()


def test_F16_the_same_answer_five_times_is_one_payment() -> None:
    order = make.placed()
    payment = make.payment_of(order)
    for _ in range(5):
        order = record(payment, make.captured(payment))
    assert (order.status, order.captured_minor, order.steps.count()) == ("payment_confirmed", 3000, 3)
    assert (PaymentEvent.objects.count(), events(order, "OrderPaid")) == (2, 1)
    assert violations(ask_provider=False) == []


def test_F17_whatever_order_the_answers_come_in_the_end_is_the_same() -> None:
    ends = set()
    for sequence in permutations(range(3)):
        order = make.placed()
        payment = make.payment_of(order)
        reference = f"pi_{payment.pk.hex}"
        paid = make.captured(payment)
        refunded = (*paid.facts, base.Fact("refunded", f"re_{payment.pk.hex}", usd(3000)))
        answers = [
            base.Outcome(reference=reference, state="processing"),
            paid,
            base.Outcome(reference=reference, state="succeeded", facts=refunded),
        ]
        for position in sequence:
            record(payment, answers[position])
        payment.refresh_from_db()
        ends.add((payment.status, payment.captured_minor, payment.refunded_minor))
    assert ends == {("refunded", 3000, 3000)}


def test_money_in_another_currency_pays_nothing() -> None:
    order = make.placed()
    payment = make.payment_of(order)
    fact = base.Fact("captured", "ch_1", Money(3000, "JPY"))
    order = record(payment, base.Outcome(reference="pi_1", state="succeeded", facts=(fact,)))
    assert (order.status, order.captured_minor) == ("payment_pending", 0)


def test_less_than_the_total_pays_nothing_yet() -> None:
    order = make.placed()
    payment = make.payment_of(order)
    order = record(payment, make.captured(payment, 2999))
    assert (order.status, order.payment_state) == ("payment_pending", "partly_paid")


def test_a_decline_is_noted_once() -> None:
    order = make.placed()
    payment = make.payment_of(order)
    declined = base.Outcome(reference="pi_1", state="declined", decline_code="expired_card", message="Expired.")
    for _ in range(3):
        order = record(payment, declined)
    assert (order.status, events(order, "PaymentFailed")) == ("payment_pending", 1)
    assert [step.note for step in order.steps.filter(trigger="payment_failed")] == ["expired_card"]


def test_paid_twice_the_second_goes_back() -> None:
    order = make.placed()
    first = make.payment_of(order)
    record(first, base.Outcome(reference="pi_1", state="declined"))
    second = payments.retry(order_id=order.pk, provider="stripe", token="pm_card_visa", by="guest")
    record(second, make.captured(second))
    order = record(first, make.captured(first))
    assert (order.status, order.captured_minor) == ("payment_confirmed", 6000)
    assert [(refund.payment_id, refund.amount_minor) for refund in Refund.objects.all()] == [(first.pk, 3000)]
    record(first, make.captured(first))
    assert Refund.objects.count() == 1


def test_F11_money_for_a_cancelled_order_goes_back_by_itself() -> None:
    order = make.placed()
    payment = make.payment_of(order)
    orders.cancel(order_id=order.pk, by="guest")
    order = record(payment, make.captured(payment))
    assert order.status == "cancelled"
    assert [(refund.amount_minor, refund.status) for refund in Refund.objects.all()] == [(3000, "requested")]


def test_a_refund_that_failed_is_not_asked_for_again_by_itself() -> None:
    order = make.paid()
    payment = make.payment_of(order)
    orders.cancel(order_id=order.pk, by="guest")
    payments.give_back_money(order_id=order.pk)
    Refund.objects.update(status="failed")
    record(payment, make.captured(payment))
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("status", ["payment_review", "cancelled", "refunded"])
def test_only_orders_that_wait_for_money_take_another_card(status: str) -> None:
    order = make.placed()
    Order.objects.filter(pk=order.pk).update(status=status)
    with pytest.raises(payments.PaymentRefused, match="does not wait for a payment"):
        payments.retry(order_id=order.pk, provider="stripe", token="pm_1", by="guest")


@pytest.mark.parametrize("seen", [Money(2999, "USD"), Money(3001, "USD"), Money(3000, "EUR")])
def test_another_sum_than_was_seen_is_not_asked_for(seen: Money) -> None:
    order = make.placed()
    record(make.payment_of(order), base.Outcome(reference="pi_1", state="declined"))
    with pytest.raises(payments.PaymentRefused, match="has changed from"):
        payments.retry(order_id=order.pk, provider="stripe", token="pm_1", by="guest", seen=seen)
    assert Payment.objects.count() == 1
    payments.retry(order_id=order.pk, provider="stripe", token="pm_1", by="guest", seen=Money(3000, "USD"))
    assert Payment.objects.count() == 2


def test_no_second_card_while_the_first_is_being_asked() -> None:
    order = make.placed()
    with pytest.raises(payments.PaymentRefused, match="already under way"):
        payments.retry(order_id=order.pk, provider="stripe", token="pm_1", by="guest")


def test_A17_cards_cannot_be_tried_without_end() -> None:
    order = make.placed()
    record(make.payment_of(order), base.Outcome(reference="", state="declined"))
    for _ in range(5):
        payment = payments.retry(order_id=order.pk, provider="stripe", token="pm_1", by="guest")
        record(payment, base.Outcome(reference="", state="declined"))
    with pytest.raises(payments.PaymentRefused, match="too many attempts"):
        payments.retry(order_id=order.pk, provider="stripe", token="pm_1", by="guest")


def test_unknown_providers_are_refused() -> None:
    order = make.placed()
    with pytest.raises(providers.UnknownProvider):
        payments.retry(order_id=order.pk, provider="barter", token="", by="guest")


@pytest.mark.parametrize(
    ("amount", "code", "sentence"),
    [
        (Money(3001, "USD"), "refund_too_large", "At most $30.00 can be given back."),
        (Money(0, "USD"), "amount_invalid", "Give back at least $0.01."),
        (Money(-1, "USD"), "amount_invalid", "Give back at least $0.01."),
        (Money(100, "EUR"), "currency_mismatch", "This order was paid in USD."),
    ],
)
def test_refunds_beyond_what_was_captured_are_refused(amount: Money, code: str, sentence: str) -> None:
    order = make.paid()
    with pytest.raises(payments.RefundRefused, match=f"^{re.escape(sentence)}$") as refused:
        payments.request_refund(order_id=order.pk, amount=amount, reason="", by="staff:1")
    assert refused.value.code == code
    assert not Refund.objects.exists()


def test_what_was_asked_for_counts_against_the_next_refund() -> None:
    order = make.paid()
    payments.request_refund(order_id=order.pk, amount=usd(2000), reason="", by="staff:1")
    assert selectors.refundable(order.pk) == usd(1000)
    with pytest.raises(payments.RefundRefused, match=r"At most \$10.00"):
        payments.request_refund(order_id=order.pk, amount=usd(1001), reason="", by="staff:1")


def test_bank_transfer_from_instructions_to_confirmed() -> None:
    order = make.placed(provider="bank_transfer", token="")
    outbox.drain()
    payment = make.payment_of(order)
    standing = selectors.standing(Order.objects.get(pk=order.pk))
    assert (standing.state, standing.instructions["reference"]) == ("awaiting_transfer", order.number)
    for _ in range(2):  # the same line of the statement twice
        payments.record_transfer(
            payment_id=payment.pk, amount=usd(1000), statement_id="2026-11-21/7", at=db.clock(), by="staff:1"
        )
    order.refresh_from_db()
    assert (order.status, order.payment_state, order.captured_minor) == ("payment_pending", "partly_paid", 1000)
    payments.record_transfer(
        payment_id=payment.pk, amount=usd(2000), statement_id="2026-11-22/1", at=db.clock(), by="staff:1"
    )
    outbox.drain()
    order.refresh_from_db()
    assert order.status == "payment_confirmed"
    assert outbox.failures() == []
    assert selectors.overdue_payments() == []
    assert violations(ask_provider=False) == []


def test_a_cancelled_transfer_is_given_back_by_hand() -> None:
    order = make.placed(provider="bank_transfer", token="")
    outbox.drain()
    payment = make.payment_of(order)
    payments.record_transfer(payment_id=payment.pk, amount=usd(3000), statement_id="1", at=db.clock(), by="staff:1")
    outbox.drain()
    orders.cancel(order_id=order.pk, by="staff:1")
    outbox.drain()
    refund = Refund.objects.get()
    assert refund.status == "requested"
    for _ in range(2):
        refund = payments.record_returned(refund_id=refund.pk, at=db.clock(), by="staff:1")
    order.refresh_from_db()
    assert (refund.status, order.status, order.refunded_minor) == ("done", "refunded", 3000)
    assert violations(ask_provider=False) == []


@pytest.mark.parametrize("statement", ["", "  "])
def test_a_transfer_needs_its_line_on_the_statement(statement: str) -> None:
    payment = make.payment_of(make.placed(provider="bank_transfer", token=""))
    with pytest.raises(payments.PaymentRefused, match="bank statement"):
        payments.record_transfer(
            payment_id=payment.pk, amount=usd(1), statement_id=statement, at=db.clock(), by="staff:1"
        )


def test_cards_are_not_recorded_by_hand() -> None:
    payment = make.payment_of(make.placed())
    with pytest.raises(payments.PaymentRefused, match="Only bank transfers"):
        payments.record_transfer(payment_id=payment.pk, amount=usd(1), statement_id="1", at=db.clock(), by="staff:1")


def test_F18_an_event_of_a_payment_nobody_knows_is_parked_then_given_up() -> None:
    event = ProviderEvent.objects.create(
        provider="stripe", event_id="evt_1", event_type="payment_intent.succeeded", reference="pi_unknown",
        payload={"payment_id": str(uuid4())},
    )  # fmt: skip
    assert payments.process(event_id=event.pk) is False
    event.refresh_from_db()
    assert (event.attempts, event.last_error, event.processed_at) == (1, "no such payment yet", None)
    assert lingering.parked_events() == []
    ProviderEvent.objects.update(received_at=db.clock() - timedelta(minutes=1))
    assert lingering.parked_events() == [event.pk]
    ProviderEvent.objects.update(attempts=15)
    assert payments.process(event_id=event.pk) is True
    assert payments.process(event_id=event.pk) is True
    assert Notification.objects.count() == 0


def test_opening_a_payment_page_is_refused_for_a_card_payment() -> None:
    payment = make.payment_of(make.placed())
    with pytest.raises(payments.PaymentRefused, match="page of its own"):
        payments.hosted_url(payment_id=payment.pk, success_url="http://a", cancel_url="http://b")
