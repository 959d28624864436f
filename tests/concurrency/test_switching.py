"""Another way to pay against the late success of the first: never two charges; with its negative control."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from checkout.orders.models import Order
from checkout.payments import asking, providers, switching
from checkout.payments import services as payments
from checkout.payments.models import Payment
from checkout.payments.providers import base
from shop.core import db
from tests import outbox
from tests.concurrency import race
from tests.factories import checkout as make
from tests.fakes import tills

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[tills.Till, tills.Till]]:
    made = tills.open_tills(monkeypatch)
    yield made
    providers.provider.cache_clear()


def slow(till: tills.Till, monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """The till thinks about its next charge: it says when it begins, and waits until it may go on."""
    begun, go_on = threading.Event(), threading.Event()
    charge = till.charge

    def thinking(request: base.ChargeRequest) -> base.Outcome:
        begun.set()
        assert go_on.wait(10)
        return charge(request)

    monkeypatch.setattr(till, "charge", thinking)
    return begun, go_on


def switched_while_under_way(
    both: tuple[tills.Till, tills.Till], monkeypatch: pytest.MonkeyPatch
) -> tuple[Order, list[object]]:
    """The first try was answered by a failure; during the second the shopper chooses another way to pay."""
    one, two = both
    order = make.placed(provider=one.code)
    payment = make.payment_of(order)
    one.is_down = True
    with pytest.raises(base.ProviderUnavailable):
        payments.charge(payment_id=payment.pk)
    Payment.objects.filter(pk=payment.pk).update(answer_due_at=db.clock())
    one.is_down = False
    begun, go_on = slow(one, monkeypatch)

    def choose_another() -> object:
        assert begun.wait(10)
        try:
            second = payments.retry(order_id=order.pk, provider=two.code, token="tok", by="guest")
            payments.charge(payment_id=second.pk)
            return second
        finally:
            go_on.set()

    outcomes = race.together([lambda: payments.charge(payment_id=payment.pk), choose_another])
    outbox.drain(mails=False)
    return order, outcomes


def test_a_late_success_and_another_way_to_pay_are_one_charge(
    both: tuple[tills.Till, tills.Till], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = both
    order, [_charged, refused] = switched_while_under_way(both, monkeypatch)
    assert isinstance(refused, payments.PaymentRefused)
    assert (len(one.paid), len(two.paid)) == (1, 0)
    order.refresh_from_db()
    assert (order.status, order.captured_minor) == ("payment_confirmed", 3000)


def test_the_negative_control_charges_twice_when_calls_under_way_are_forgotten(
    both: tuple[tills.Till, tills.Till], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = both
    monkeypatch.setattr(asking, "is_being_asked", lambda _payment: False)
    monkeypatch.setattr(switching, "why_not", lambda _payment: "")
    _order, _outcomes = switched_while_under_way(both, monkeypatch)
    assert (len(one.paid), len(two.paid)) == (1, 1)


@pytest.mark.parametrize("run", range(3))
def test_whoever_is_first_the_shopper_pays_once(both: tuple[tills.Till, tills.Till], run: int) -> None:
    """Nobody was asked yet and the circuit has just closed again: the worker and the shopper come together."""
    one, two = both
    order = make.placed(provider=one.code)
    payment = make.payment_of(order)
    Payment.objects.filter(pk=payment.pk).update(status="processing")
    jobs = [
        lambda: payments.charge(payment_id=payment.pk),
        lambda: (
            asking.drop(Payment(pk=payment.pk, attempts=0))
            and payments.retry(order_id=order.pk, provider=two.code, token="tok", by="guest")
        ),
    ]
    race.together(jobs[::-1] if run % 2 else jobs)
    outbox.drain(mails=False)
    order.refresh_from_db()
    assert len(one.paid) + len(two.paid) == 1
    assert (order.status, order.captured_minor) == ("payment_confirmed", 3000)
