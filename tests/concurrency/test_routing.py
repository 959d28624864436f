"""A payment is asked of one provider only, whoever decides at the same time; each race with its negative control."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from checkout.orders.models import Order
from checkout.payments import calls, choosing, providers, recording
from checkout.payments import services as payments
from checkout.payments.models import Payment, PaymentRoute
from checkout.payments.providers import base
from shop.audit.models import AuditEntry
from shop.resilience import breaker
from tests.concurrency import race
from tests.factories import checkout as make
from tests.fakes import tills

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[tills.Till, tills.Till]]:
    """Cards go to the first till, and to the second when that does not answer."""
    made = tills.open_tills(monkeypatch)
    for position, till in enumerate(made):
        currency = "USD" if position else ""  # conditions of their own, so that the second only stands in
        PaymentRoute.objects.create(position=position, method="card", currency=currency, provider=till.code)
    yield made
    providers.provider.cache_clear()


def break_circuit(code: str) -> None:
    def fail() -> None:
        raise base.ProviderUnavailable("down")

    for _ in range(breaker.FAILURES):
        with pytest.raises((base.ProviderUnavailable, breaker.Open)):
            breaker.call(calls.circuit(code), (base.ProviderUnavailable,), fail)
    assert breaker.refuses(calls.circuit(code))


def placed() -> Order:
    order = make.placed(provider="till_one")
    Payment.objects.filter(order=order).update(method="card")
    return order


def test_a_payment_that_nobody_was_asked_for_goes_to_the_next(both: tuple[tills.Till, tills.Till]) -> None:
    one, two = both
    order = placed()
    break_circuit(one.code)
    payment = make.payment_of(order)
    payments.charge(payment_id=payment.pk)
    payment.refresh_from_db()
    assert (one.asked, two.asked) == ([], [str(payment.pk)])
    assert (payment.provider, payment.token, payment.status) == (two.code, "", "paid")
    [moved] = AuditEntry.objects.filter(action="payment.move")
    assert moved.changes == {"payment": str(payment.pk), "from": one.code, "to": two.code}


def test_a_payment_that_was_asked_for_stays_whatever_happens(both: tuple[tills.Till, tills.Till]) -> None:
    one, two = both
    payment = make.payment_of(placed())
    one.is_down = True
    with pytest.raises(base.ProviderUnavailable):
        payments.charge(payment_id=payment.pk)
    break_circuit(one.code)
    with pytest.raises(base.ProviderUnavailable):
        payments.charge(payment_id=payment.pk)
    assert (len(one.asked), two.asked) == (1, [])


def test_the_negative_control_asks_both_when_it_forgets_that_one_was_asked(
    both: tuple[tills.Till, tills.Till], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first took the money and its answer was lost: whoever moves the payment now charges twice."""
    one, two = both
    payment = make.payment_of(placed())
    one.is_down = True
    with pytest.raises(base.ProviderUnavailable):
        payments.charge(payment_id=payment.pk)
    break_circuit(one.code)
    monkeypatch.setattr(choosing, "_was_asked", lambda _payment: False)
    payments.charge(payment_id=payment.pk)
    assert one.asked == two.asked == [str(payment.pk)]


def test_a_worker_that_was_overtaken_asks_nobody(both: tuple[tills.Till, tills.Till]) -> None:
    """The circuit opens between one worker's decision and its question; another worker moves the payment."""
    one, two = both
    payment = make.payment_of(placed())
    slow = choosing.choose(payment.pk)
    break_circuit(one.code)
    payments.charge(payment_id=payment.pk)
    assert recording.start(payment_id=payment.pk, provider=slow.provider) is None
    assert not recording.note_asked(payment_id=payment.pk, provider=slow.provider)
    assert (one.asked, two.asked) == ([], [str(payment.pk)])


@pytest.mark.parametrize("run", range(3))
def test_workers_that_decide_at_once_ask_one_provider(both: tuple[tills.Till, tills.Till], run: int) -> None:
    one, two = both
    payment = make.payment_of(placed())
    jobs = [lambda: payments.charge(payment_id=payment.pk)] * 4
    jobs.insert(run, lambda: break_circuit(one.code))
    outcomes = race.together(jobs)
    assert [error for error in outcomes if error and not isinstance(error, base.ProviderUnavailable)] == []
    assert not (one.asked and two.asked)
    breaker.reset(calls.circuit(one.code))
    payments.charge(payment_id=payment.pk)  # where nobody was asked because the circuit opened in the last moment
    payment.refresh_from_db()
    assert bool(one.asked) != bool(two.asked)
    assert payment.events.filter(kind="captured").count() == 1
    assert payment.provider == (one.code if one.asked else two.code)


def test_who_does_not_answer_is_tried_again_when_its_pause_is_over(
    both: tuple[tills.Till, tills.Till], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = both
    payment = make.payment_of(placed())
    break_circuit(one.code)
    assert choosing.first(method="card", amount=payment.amount, country="US", about=payment.pk) == two.code
    monkeypatch.setattr(breaker, "PAUSE", 0)
    assert choosing.first(method="card", amount=payment.amount, country="US", about=payment.pk) == one.code
    assert choosing.choose(payment.pk).provider == one.code
