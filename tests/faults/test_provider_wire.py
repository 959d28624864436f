"""F19, F20: a bad wire to the payment provider, through a real toxiproxy. Each order is kept and charged once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from checkout.orders import access
from checkout.orders.models import Order
from checkout.payments import calls, providers, selectors, tasks
from checkout.payments import services as payments
from checkout.payments.models import Payment
from checkout.payments.providers import base
from inventory.stock.models import StockItem
from shop.core import db
from shop.events.models import Delivery
from shop.resilience import breaker
from tests import outbox
from tests.checkout import test_paypal as paypal
from tests.checkout.test_shopping import pay, to_payment
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories.inventory import stocked
from tests.fakes import toxiproxy
from tests.fakes.sandbox import RunningSandbox
from tests.fakes.toxiproxy import Wire
from tests.faults import report
from tests.invariants import violations

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.fault]

PATIENCE = 0.3  # seconds that the shop waits for an answer here
FAST = 0.1  # a call that an open circuit refuses takes less


@pytest.fixture
def wire(shop_sandbox: RunningSandbox, settings: Any) -> Iterator[Wire]:
    """What lies between the shop's providers and the sandbox."""
    with toxiproxy.between(shop_sandbox.url) as wire:
        settings.STRIPE_API_BASE, settings.PAYPAL_API_BASE = wire.url, f"{wire.url}/paypal"
        settings.PAYMENT_TIMEOUT_SECONDS = PATIENCE
        providers.provider.cache_clear()
        yield wire
    providers.provider.cache_clear()


FAULTS: dict[str, tuple[str, dict[str, int]]] = {
    "the reply is cut": ("limit_data", {"bytes": 0}),
    "the reply is cut in its middle": ("limit_data", {"bytes": 300}),
    "the reply comes after 30 s": ("latency", {"latency": 30_000}),
    "the connection is reset": ("reset_peer", {"timeout": 0}),
    "nobody listens": ("", {}),
}


def broken(wire: Wire, fault: str) -> AbstractContextManager[None]:
    kind, attributes = FAULTS[fault]
    return wire.toxic(kind, **attributes) if kind else wire.down()


def later() -> None:
    """The workers' work until nothing is due, as some minutes later: retries, the timetable, the breaker's pause."""
    for _round in range(3):
        Delivery.objects.using(db.DEFAULT).filter(status="pending").update(attempts=0, due_at=Now())
        outbox.drain(mails=False)
        Payment.objects.filter(status__in=["pending", "processing"]).update(updated_at=Now() - timedelta(minutes=2))
        for payment_id in selectors.overdue_payments():
            tasks.settle(payment_id=str(payment_id))


def seconds(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def seconds_in_vain(call: Callable[[], Any]) -> float:
    started = time.perf_counter()
    with pytest.raises(payments.ProviderUnavailable):
        call()
    return time.perf_counter() - started


@pytest.mark.parametrize("fault", FAULTS)
def test_F19_a_broken_reply_is_one_charge(fault: str, wire: Wire, shop_sandbox: RunningSandbox) -> None:
    item = stocked(5)
    order = make.placed([item])
    with broken(wire, fault):
        outbox.drain(mails=False)
        order.refresh_from_db()
        item.refresh_from_db()
        assert (order.status, order.captured_minor, item.reserved) == ("payment_pending", 0, 1)
    arrived = fault != "nobody listens"  # what was asked reached the provider; only its answer did not come back
    assert [one["amount"] for one in shop_sandbox.state()["charge"]] == ([3000] if arrived else [])
    breaker.reset("payments.stripe")
    later()
    order.refresh_from_db()
    item.refresh_from_db()
    assert (order.status, order.captured_minor) == ("payment_confirmed", 3000)
    assert (item.on_hand, item.reserved, item.allocated) == (5, 0, 1)
    assert [one["amount"] for one in shop_sandbox.state()["charge"]] == [3000]
    assert outbox.failures() == []
    assert violations() == []


def test_F19_control_another_key_after_a_cut_reply_charges_twice(wire: Wire, shop_sandbox: RunningSandbox) -> None:
    first = make.payment_of(make.placed())
    with wire.toxic("limit_data", bytes=0), pytest.raises(payments.ProviderUnavailable):
        payments.charge(payment_id=first.pk)
    Payment.objects.filter(pk=first.pk).update(id=db.uuid7(), status="pending")  # whose id is in the key
    payments.charge(payment_id=Payment.objects.get(order=first.order_id).pk)
    assert len(shop_sandbox.state()["charge"]) == 2


def _page_of_provider(client: Client, way: str) -> str:
    """Where `way` leads, asked again where this machine was too slow for the shop's short patience here."""
    pages = (client.get(way)["Location"] for _ in range(5))
    return next(page for page in pages if page.startswith("http"))


@pytest.mark.parametrize("cut_after", [0, 600, 1200, 1800, 2400, 3600] if report.LONG else [0, 1800])
def test_F19_paypal_a_broken_reply_is_one_capture(
    cut_after: int, client: Client, wire: Wire, shop_sandbox: RunningSandbox
) -> None:
    """Some calls are answered, then the wire breaks: before, in, or after the reply to the capture."""
    carts.rates()
    to_payment(client)
    page = _page_of_provider(client, pay(client, method="paypal"))
    outbox.drain()
    page = page.replace(wire.url, shop_sandbox.url)  # the browser has another wire
    with wire.toxic("limit_data", bytes=cut_after):
        client.get(paypal.at_paypal(page, result="pay"))
        assert paypal.captures(shop_sandbox) in ([], ["59.12"])
        assert Order.objects.get().captured_minor in (0, 5912)
    breaker.reset("payments.paypal")
    Payment.objects.update(updated_at=Now() - timedelta(minutes=2))
    later()
    assert paypal.captures(shop_sandbox) == ["59.12"]
    assert paypal.state(client, paypal.order_page()) == "confirmed"
    assert violations() == []


@pytest.mark.parametrize(
    "fault", ["the reply comes after 30 s", *(["the connection is reset", "nobody listens"] if report.LONG else [])]
)
def test_F20_a_sick_provider_is_left_alone_and_the_shop_goes_on(
    fault: str, wire: Wire, shop_sandbox: RunningSandbox, client: Client
) -> None:
    carts.rates()
    pages = [reverse("home"), reverse("cart")]
    placed = [make.placed([stocked(5)], email=f"{number}@example.com") for number in range(breaker.FAILURES + 3)]

    def browse() -> float:
        return min(seconds(partial(client.get, page)) for _ in range(5) for page in pages)

    healthy = browse()
    with broken(wire, fault):
        asked = 0
        while breaker.state("payments.stripe") != "open":
            asked += 1
            assert asked <= breaker.FAILURES, "the circuit does not open"
            with pytest.raises(payments.ProviderUnavailable):
                payments.charge(payment_id=make.payment_of(placed[asked - 1]).pk)
        # From here on nobody waits for the provider: neither workers nor those who browse or look at their orders.
        for order in placed[breaker.FAILURES :]:
            with pytest.raises(base.NotAsked):
                payments.charge(payment_id=make.payment_of(order).pk)
        question = partial(calls.ask, "stripe", lambda provider: provider.find("anything"))
        assert min(seconds_in_vain(question) for _ in range(10)) < FAST
        assert browse() < healthy + PATIENCE / 2
        page = client.get(access.url(placed[0]), follow=True)
        assert "Our payment partner does not answer at the moment; we keep your items until" in page.content.decode()
        outbox.drain(mails=False)
        assert set(Order.objects.values_list("status", "captured_minor")) == {("payment_pending", 0)}
        assert sum(StockItem.objects.values_list("reserved", flat=True)) == len(placed)
    # It heals, the pause is over, and the timetable does the rest.
    _pause_is_over()
    later()
    assert set(Order.objects.values_list("status", "captured_minor")) == {("payment_confirmed", 3000)}
    assert [one["amount"] for one in shop_sandbox.state()["charge"]] == [3000] * len(placed)
    assert outbox.failures() == []
    assert violations() == []


def _pause_is_over() -> None:
    """What waiting for `breaker.PAUSE` seconds would do: the next call is the try that closes the circuit."""
    circuit = breaker._breaker("payments.stripe", (Exception,))
    circuit.half_open()
    assert breaker.state("payments.stripe") == "half-open"


def test_F20_control_without_a_circuit_everybody_waits(wire: Wire) -> None:
    """The same provider asked past the breaker: each call costs the whole of the shop's patience."""
    order = make.placed()
    provider = providers.provider("stripe")
    with wire.toxic("latency", latency=30_000):
        for _ in range(2):
            assert seconds_in_vain(partial(provider.find, str(order.pk))) >= PATIENCE
