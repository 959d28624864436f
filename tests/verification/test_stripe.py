"""The provider and the sandbox against Stripe's own description of its API.

Every kind of request that the provider sends is recorded on its way to the sandbox and sent once
more to stripe-mock, which refuses unknown parameters and wrong types; the two answers must have
the same names and types.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import requests
import stripe
from django.utils import timezone

from checkout.payments.providers import base
from checkout.payments.providers.stripe import Stripe
from shop.core.money import Money
from tests.fakes.sandbox import CARD, CHALLENGED, DECLINED, RunningSandbox, running_sandbox

HEADERS = {"Authorization": "Bearer sk_test_123"}


@dataclass
class Exchange:
    method: str
    path: str
    query: str
    body: bytes
    status: int
    answer: dict[str, Any]

    def at(self, address: str) -> requests.Response:
        """The same request, sent somewhere else."""
        headers = HEADERS | {"Content-Type": "application/x-www-form-urlencoded"}
        url = f"{address}{self.path}?{self.query}".rstrip("?")
        return requests.request(self.method, url, data=self.body, headers=headers, timeout=10)


@pytest.fixture
def exchanges() -> list[Exchange]:
    return []


@pytest.fixture
def sandbox(exchanges: list[Exchange]) -> Iterator[RunningSandbox]:
    """A sandbox that writes down what it is asked and answers."""
    with running_sandbox() as running:
        app = running.server.app
        answer = app.answer

        def recording(request: Any) -> Any:
            response = answer(request)
            if request.path.startswith("/v1/"):
                parts = (request.method, request.path, request.query, request.body)
                exchanges.append(Exchange(*parts, response.status, json.loads(response.body)))
            return response

        app.answer = recording  # type: ignore[method-assign]
        yield running


def charge_request(token: str | None, key: str = "k", **given: Any) -> base.ChargeRequest:
    values: dict[str, Any] = {
        "payment_id": "pay-1",
        "order_number": "ORD-2026000001",
        "amount": Money(1999, "USD"),
        "token": token,
        "idempotency_key": key,
        "return_url": "https://shop.example/orders/1/",
        "customer_reference": "customer-1",
        "description": "Order ORD-2026000001",
        "metadata": {"channel": "web"},
    }
    return base.ChargeRequest(**values | given)


def _paid_and_refunded(provider: Stripe, sandbox: RunningSandbox) -> None:
    reference = provider.charge(charge_request(CARD)).reference
    provider.refund(reference, Money(500, "USD"), "r")
    provider.fetch(reference)
    provider.find("pay-1")


def _captured(provider: Stripe, sandbox: RunningSandbox) -> None:
    reference = provider.charge(charge_request(CARD, capture=False)).reference
    provider.capture(reference, Money(500, "USD"), "c")


def _voided(provider: Stripe, sandbox: RunningSandbox) -> None:
    provider.void(provider.charge(charge_request(CARD, capture=False)).reference, "v")


def _challenged(provider: Stripe, sandbox: RunningSandbox) -> None:
    provider.fetch(provider.charge(charge_request(CHALLENGED)).reference)


def _failed_challenge(provider: Stripe, sandbox: RunningSandbox) -> None:
    reference = provider.charge(charge_request(CHALLENGED)).reference
    sandbox.challenge(reference, "fail")
    provider.fetch(reference)


def _declined(provider: Stripe, sandbox: RunningSandbox) -> None:
    provider.fetch(provider.charge(charge_request(DECLINED)).reference)


def _hosted(provider: Stripe, sandbox: RunningSandbox) -> None:
    session = provider.hosted_session(charge_request(None), success_url="https://a/", cancel_url="https://b/")
    provider.fetch(session.reference)
    provider.void(session.reference, "v")


def _voided_too_late(provider: Stripe, sandbox: RunningSandbox) -> None:
    provider.void(provider.charge(charge_request(CARD)).reference, "v")


def _captured_in_parts(provider: Stripe, sandbox: RunningSandbox) -> None:
    reference = provider.charge(charge_request(CARD, capture=False)).reference
    provider.capture(reference, Money(500, "USD"), "c1", is_final=False)
    provider.capture(reference, Money(700, "USD"), "c2")
    provider.fetch(reference)


def _voided_in_part(provider: Stripe, sandbox: RunningSandbox) -> None:
    reference = provider.charge(charge_request(CARD, capture=False)).reference
    provider.capture(reference, Money(500, "USD"), "c1", is_final=False)
    provider.void(reference, "v")


def _listed(provider: Stripe, sandbox: RunningSandbox) -> None:
    provider.charge(charge_request(CARD))
    now = timezone.now()
    assert list(provider.list(now - timedelta(hours=1), now + timedelta(hours=1)))


def _kept_and_forgotten(provider: Stripe, sandbox: RunningSandbox) -> None:
    saved = provider.charge(charge_request(CARD, save=True)).saved
    assert saved is not None
    provider.charge(charge_request(saved.token, key="again", customer=saved.customer))
    provider.forget(saved.token)


def _disputed(provider: Stripe, sandbox: RunningSandbox) -> None:
    reference = provider.charge(charge_request(CARD)).reference
    dispute = sandbox.control("dispute", {"payment_intent": reference})
    provider.fetch(reference)
    sandbox.control("dispute", {"dispute": dispute["id"], "result": "lost"})
    assert "dispute_lost" in {fact.kind for fact in provider.fetch(reference).facts}


SCENARIOS = [
    _paid_and_refunded,
    _captured,
    _voided,
    _challenged,
    _failed_challenge,
    _declined,
    _hosted,
    _voided_too_late,
    _captured_in_parts,
    _voided_in_part,
    _listed,
    _kept_and_forgotten,
    _disputed,
]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_stripe_accepts_what_the_provider_sends_and_answers_in_the_same_shape(
    stripe_mock: str,
    sandbox: RunningSandbox,
    exchanges: list[Exchange],
    scenario: Callable[[Stripe, RunningSandbox], None],
) -> None:
    scenario(sandbox.provider(), sandbox)
    assert exchanges
    for exchange in exchanges:
        theirs = exchange.at(stripe_mock)
        assert theirs.status_code == 200, f"{exchange.method} {exchange.path}: {theirs.text}"
        answer, expected = exchange.answer, theirs.json()
        if "error" in answer:  # which holds the intent, nothing in it expanded
            answer, expected = answer["error"]["payment_intent"], expected | {"latest_charge": "ch_1"}
        assert differences(answer, expected) == []


def test_the_browsers_request_is_stripes(stripe_mock: str, sandbox: RunningSandbox) -> None:
    body = {
        "type": "card",
        "card[number]": "4242424242424242",
        "card[exp_month]": "12",
        "card[exp_year]": "34",
        "card[cvc]": "123",
        "billing_details[name]": "Jane Doe",
    }
    ours = requests.post(f"{sandbox.url}/v1/payment_methods", body, headers=sandbox_key(), timeout=5)
    theirs = requests.post(f"{stripe_mock}/v1/payment_methods", body, headers=HEADERS, timeout=5)
    assert (ours.status_code, theirs.status_code) == (200, 200)
    assert differences(ours.json(), theirs.json()) == []


@pytest.mark.parametrize("path", ["payment_intents", "refunds", "events"])
def test_lists_have_stripes_shape(stripe_mock: str, sandbox: RunningSandbox, path: str) -> None:
    _paid_and_refunded(sandbox.provider(), sandbox)
    ours = requests.get(f"{sandbox.url}/v1/{path}", headers=sandbox_key(), timeout=5).json()
    theirs = requests.get(f"{stripe_mock}/v1/{path}", headers=HEADERS, timeout=5).json()
    for each in (ours, theirs):
        for entry in each["data"]:
            entry.pop("data", None)  # an event's object is of any kind
    assert differences(ours, theirs) == []


def test_customers_have_stripes_shape(stripe_mock: str, sandbox: RunningSandbox) -> None:
    body = {"email": "a@example.com", "metadata[a]": "b"}
    ours = requests.post(f"{sandbox.url}/v1/customers", body, headers=sandbox_key(), timeout=5).json()
    theirs = requests.post(f"{stripe_mock}/v1/customers", body, headers=HEADERS, timeout=5).json()
    assert differences(ours, theirs) == []


def test_what_stripe_mock_never_shows_has_the_names_of_stripes_library(
    sandbox: RunningSandbox, exchanges: list[Exchange]
) -> None:
    _challenged(sandbox.provider(), sandbox)
    action = exchanges[-1].answer["next_action"]
    assert set(action) <= set(stripe.PaymentIntent.NextAction.__annotations__)
    assert set(action["redirect_to_url"]) <= set(stripe.PaymentIntent.NextAction.RedirectToUrl.__annotations__)
    for scenario in (_failed_challenge, _declined):
        sandbox.reset()
        scenario(sandbox.provider(), sandbox)
        error = exchanges[-1].answer["last_payment_error"]
        assert set(error) <= set(stripe.PaymentIntent.LastPaymentError.__annotations__)
        assert {"code", "type", "message", "payment_method"} <= set(error)


def test_negative_control_stripe_refuses_what_it_does_not_know(stripe_mock: str) -> None:
    wrong = Exchange("POST", "/v1/payment_intents", "", b"amount=1000&currency=usd&colour=red", 200, {})
    assert wrong.at(stripe_mock).status_code == 400


def test_negative_control_differences_are_seen() -> None:
    ours = {"object": "refund", "id": "re_1", "amount": "5", "extra": 1, "card": {"a": 1}}
    theirs = {"object": "refund", "id": "re_2", "amount": 5, "status": "succeeded", "card": {"a": "1"}}
    assert differences(ours, theirs) == [
        "amount: str here, int there",
        "extra: unknown there",
        "card.a: int here, str there",
        "status: missing here",
    ]


def sandbox_key() -> dict[str, str]:
    return {"Authorization": "Bearer sk_test_sandbox"}


# Free maps, and unions of which stripe-mock's one fixture shows another member.
_FREE = {"metadata", "next_action", "last_payment_error", "processing", "payment_method_options", "amount_details"}
# Behind switches that neither the provider nor the sandbox turns on, but stripe-mock's fixtures do.
_ELSEWHERE = {"managed_payments", "invoice_prefix", "next_invoice_sequence", "discount", "total_count"}


def differences(ours: dict[str, Any], theirs: dict[str, Any], path: str = "") -> list[str]:
    """Names and types that do not agree; None agrees with everything."""
    found: list[str] = []
    for name, value in ours.items():
        if name not in theirs:
            found.append(f"{path}{name}: unknown there")
        else:
            found += _compared(name, value, theirs[name], path)
    missing = [name for name in theirs if name not in ours and name not in _ELSEWHERE]
    return found + ([f"{path}{name}: missing here" for name in missing] if "object" in theirs else [])


def _compared(name: str, value: Any, other: Any, path: str) -> list[str]:
    if value is None or other is None or name in _FREE:
        return []
    if isinstance(value, list) and isinstance(other, list):
        pairs = [(value[0], other[0])] if value and other else []
        return [line for pair in pairs for line in _compared(f"{name}[0]", *pair, path)]
    if type(value) is not type(other):
        return [f"{path}{name}: {type(value).__name__} here, {type(other).__name__} there"]
    return differences(value, other, f"{path}{name}.") if isinstance(value, dict) else []
