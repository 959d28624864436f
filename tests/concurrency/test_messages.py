"""Races of what a provider tells: webhooks, the browser's return, the timetable; late, repeated and out of order."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from checkout.orders.models import Order
from checkout.payments import recording, rules, selectors
from checkout.payments import services as payments
from checkout.payments.models import Payment, PaymentEvent, ProviderEvent
from checkout.payments.providers import base
from shop.core import db
from shop.core.money import Money
from shop.events.models import OutboxEvent
from tests import outbox
from tests.checkout.invariants import violations as at_the_provider
from tests.checkout.payments.test_webhooks import message, signature
from tests.concurrency.race import together
from tests.factories import checkout as make
from tests.fakes.sandbox import CHALLENGED, RunningSandbox
from tests.invariants import violations

pytestmark = pytest.mark.django_db(transaction=True)


def told(payment: Payment, *, kind: str = "succeeded", reference: str = "", body: bytes = b"") -> UUID:
    """A signed message about the payment is kept; its id here."""
    text = body or message(payment, reference or payment.reference, event_id=f"evt_{db.uuid7().hex}", kind=kind)
    return payments.receive(provider="stripe", body=text, headers={"Stripe-Signature": signature(text)})


def three_days_old(body: bytes) -> bytes:
    event = json.loads(body)
    return json.dumps({**event, "created": event["created"] - 72 * 3600}).encode()


def process(event_id: UUID) -> bool:
    return payments.process(event_id=event_id)


def paid_once(order: Order) -> None:
    order.refresh_from_db()
    assert (order.status, order.captured_minor) == ("payment_confirmed", order.total_minor)
    assert OutboxEvent.objects.filter(event_type="OrderPaid", aggregate_id=str(order.pk)).count() == 1
    assert PaymentEvent.objects.filter(order_id=order.pk, kind="captured").count() == 1


def adds_up() -> None:
    outbox.drain(mails=False)
    assert outbox.failures() == []
    assert (violations(), at_the_provider()) == ([], [])


def passed(sandbox: RunningSandbox) -> Order:
    """An order whose challenge was passed while nobody told the shop."""
    order = make.placed(token=CHALLENGED)
    payments.charge(payment_id=make.payment_of(order).pk)
    sandbox.challenge(make.payment_of(order).reference)
    return order


def test_F13_message_browser_and_timetable_at_once_pay_once(schedules: Any, shop_sandbox: RunningSandbox) -> None:
    for _schedule in schedules():
        order = passed(shop_sandbox)
        payment = make.payment_of(order)
        events = [told(payment), told(payment, kind="processing")]
        jobs = [partial(process, event) for event in events * 2]
        jobs.append(partial(payments.refresh, order_id=order.pk))
        jobs.append(partial(payments.bring_up_to_date, payment_id=payment.pk))
        outcomes = together(jobs)
        assert [one for one in outcomes if isinstance(one, Exception)] == []
        paid_once(order)
    adds_up()


def test_F13_control_who_waits_for_the_browser_never_hears_of_it(shop_sandbox: RunningSandbox) -> None:
    order = passed(shop_sandbox)  # the browser is closed, and no message is taken in
    outbox.drain(mails=False)
    order.refresh_from_db()
    assert (order.status, order.captured_minor) == ("payment_pending", 0)
    assert shop_sandbox.state()["charge"][0]["amount_captured"] == order.total_minor


def test_F14_control_without_the_timetable_it_is_overdue_and_stays_so(shop_sandbox: RunningSandbox) -> None:
    order = passed(shop_sandbox)
    outbox.drain(mails=False)
    payment = make.payment_of(order)
    Payment.objects.filter(pk=payment.pk).update(updated_at=db.clock() - timedelta(hours=1))
    assert selectors.overdue_payments() == [payment.pk]
    order.refresh_from_db()
    assert (order.status, shop_sandbox.state()["charge"][0]["captured"]) == ("payment_pending", True)


def test_F14_two_timetables_find_what_nobody_told(schedules: Any, shop_sandbox: RunningSandbox) -> None:
    for _schedule in schedules():
        order = passed(shop_sandbox)
        key = make.payment_of(order).pk
        outcomes = together([partial(payments.bring_up_to_date, payment_id=key)] * 4)
        assert outcomes == [None] * 4
        paid_once(order)
    adds_up()


def test_F15_a_message_races_with_the_answer_to_the_charge(schedules: Any, shop_sandbox: RunningSandbox) -> None:
    """The provider's message may be here before its answer is: before our own commit it finds nothing to change."""
    for _schedule in schedules():
        order = make.placed()
        payment = make.payment_of(order)
        asked = shop_sandbox.provider().charge(_request(payment))  # the answer is still on its way
        event = told(payment, reference=asked.reference)
        answer = partial(payments.record, payment_id=payment.pk, outcome=asked, source="charge")
        outcomes = together([answer, partial(process, event), partial(process, event)])
        assert [one for one in outcomes if isinstance(one, Exception)] == []
        paid_once(order)
        assert ProviderEvent.objects.get(pk=event).processed_at is not None
    adds_up()


def test_F15_a_message_from_before_the_order_waits_for_it(schedules: Any, shop_sandbox: RunningSandbox) -> None:
    for _schedule in schedules():
        order = make.placed()
        payment = make.payment_of(order)
        asked = shop_sandbox.provider().charge(_request(payment))
        stranger = Payment(pk=db.uuid7())  # as if the payment of which it tells were not committed yet
        event = told(stranger, reference=f"{asked.reference}_not_yet")
        assert together([partial(process, event)] * 2) == [False, False]
        ProviderEvent.objects.filter(pk=event).update(
            payload={"payment_id": str(payment.pk)}, reference=asked.reference
        )
        assert together([partial(process, event)] * 2) == [True, True]
        paid_once(order)
    adds_up()


def test_F15_control_who_does_not_park_it_never_hears_of_the_payment(shop_sandbox: RunningSandbox) -> None:
    """Acknowledged and dropped, as "unknown payment": the money is taken and the order waits for ever."""
    order = make.placed()
    payment = make.payment_of(order)
    asked = shop_sandbox.provider().charge(_request(payment))
    event = told(Payment(pk=db.uuid7()), reference=f"{asked.reference}_not_yet")
    ProviderEvent.objects.filter(pk=event).update(processed_at=db.clock())
    assert process(event) is True
    order.refresh_from_db()
    assert (order.status, order.captured_minor) == ("payment_pending", 0)
    assert shop_sandbox.state()["charge"][0]["amount_captured"] == order.total_minor


def answers(payment: Payment) -> list[base.Outcome]:
    """What a provider says of a payment in its life, in order: under way, paid, half given back, given back."""
    reference, paid = f"pi_{payment.pk.hex}", make.captured(payment).facts
    half = [base.Fact("refunded", f"re_{n}_{payment.pk.hex}", Money(1500, "USD")) for n in range(2)]
    return [
        base.Outcome(reference=reference, state="processing"),
        base.Outcome(reference=reference, state="succeeded", facts=paid),
        base.Outcome(reference=reference, state="succeeded", facts=(*paid, half[0])),
        base.Outcome(reference=reference, state="succeeded", facts=(*paid, *half)),
    ]


def test_F16_F17_each_answer_five_times_in_any_order_ends_the_same(schedules: Any) -> None:
    for schedule in schedules(long=50):
        order = make.placed()
        payment = make.payment_of(order)
        said = answers(payment) * 5
        random.Random(schedule.seed).shuffle(said)
        record = partial(payments.record, payment_id=payment.pk, source="webhook")
        outcomes = together([partial(record, outcome=one) for one in said], threads=6)
        assert {type(one) for one in outcomes} == {Payment}
        payment.refresh_from_db()
        assert (payment.status, payment.captured_minor, payment.refunded_minor) == ("refunded", 3000, 3000)
        assert payment.events.count() == 4  # authorised, captured, and two halves back: each once
    assert violations() == []


def test_F17_control_who_believes_the_last_message_loses_a_payment(monkeypatch: pytest.MonkeyPatch) -> None:
    payment = make.payment_of(make.placed())
    said = answers(payment)
    words = {"processing": "processing", "succeeded": "paid"}
    monkeypatch.setattr(rules, "status", lambda *, state, **_facts: words[state])
    for one in reversed(said):
        recording.record(payment_id=payment.pk, outcome=one, source="webhook")
    payment.refresh_from_db()
    assert payment.status == "processing"  # although all of it was paid and given back


def test_F18_control_who_drops_what_is_old_never_takes_it_in(shop_sandbox: RunningSandbox) -> None:
    order = passed(shop_sandbox)
    payment = make.payment_of(order)
    event = told(payment, body=three_days_old(message(payment, payment.reference)))
    limit = (db.clock() - timedelta(days=2)).isoformat()
    dropped = ProviderEvent.objects.filter(pk=event, payload__occurred_at__lt=limit)
    assert dropped.update(processed_at=db.clock()) == 1
    assert process(event) is True
    order.refresh_from_db()
    assert (order.status, order.captured_minor) == ("payment_pending", 0)


@pytest.mark.parametrize("kind", ["processing", "payment_failed", "succeeded"])
def test_F18_a_message_three_days_late_is_taken_in_once_and_changes_nothing(
    kind: str, shop_sandbox: RunningSandbox
) -> None:
    """Its event is 72 hours old, its signature new, as Stripe's retries are. (Customers cannot be erased yet.)"""
    order = make.placed()
    payments.charge(payment_id=make.payment_of(order).pk)
    outbox.drain(mails=False)
    payment = make.payment_of(order)
    before = _books(order)
    late = three_days_old(message(payment, payment.reference, event_id="evt_late", kind=kind))
    events = {told(payment, body=late) for _again in range(3)}
    assert together([partial(process, event) for event in events] * 3) == [True] * 3
    assert ProviderEvent.objects.count() == len(events) == 1
    assert _books(order) == before
    adds_up()


def test_F18_what_nobody_told_for_three_days_is_taken_in_once(shop_sandbox: RunningSandbox) -> None:
    order = passed(shop_sandbox)
    payment = make.payment_of(order)
    body = three_days_old(message(payment, payment.reference))
    events = [told(payment, body=body) for _again in range(4)]
    assert together([partial(process, event) for event in events]) == [True] * 4
    paid_once(order)
    adds_up()


def _books(order: Order) -> tuple[Any, ...]:
    order.refresh_from_db()
    sums = order.status, order.version, order.captured_minor, order.refunded_minor
    return *sums, PaymentEvent.objects.count(), OutboxEvent.objects.filter(aggregate_id=str(order.pk)).count()


def _request(payment: Payment) -> base.ChargeRequest:
    from checkout.payments import collecting

    return collecting.request_for(payment)
