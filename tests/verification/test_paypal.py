"""The PayPal provider and its stand-in against PayPal's own description: the models of its official library.

Everything that the provider sends and the stand-in answers is read by the library's model of it and written again;
what the model does not know is lost on the way, so the two must be the same.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import requests
from paypalserversdk.api_helper import APIHelper
from paypalserversdk.exceptions.error_exception import ErrorException
from paypalserversdk.models.authorization_status import AuthorizationStatus
from paypalserversdk.models.capture_request import CaptureRequest
from paypalserversdk.models.capture_status import CaptureStatus
from paypalserversdk.models.captured_payment import CapturedPayment
from paypalserversdk.models.error_details import ErrorDetails
from paypalserversdk.models.o_auth_token import OAuthToken
from paypalserversdk.models.order import Order
from paypalserversdk.models.order_authorize_response import OrderAuthorizeResponse
from paypalserversdk.models.order_request import OrderRequest
from paypalserversdk.models.order_status import OrderStatus
from paypalserversdk.models.patch import Patch
from paypalserversdk.models.payment_authorization import PaymentAuthorization
from paypalserversdk.models.refund import Refund
from paypalserversdk.models.refund_request import RefundRequest
from paypalserversdk.models.refund_status import RefundStatus
from paypalserversdk.models.search_response import SearchResponse

from checkout.payments.providers import base
from shop.core import db
from shop.core.money import Money
from tests.fakes.sandbox import RunningSandbox, running_sandbox

pytestmark = pytest.mark.django_db

_ID = r"[\w-]+"
_ANSWERS: dict[str, Any] = {
    "POST v1/oauth2/token": OAuthToken,
    "POST v2/checkout/orders": Order,
    f"GET v2/checkout/orders/{_ID}": Order,
    f"POST v2/checkout/orders/{_ID}/capture": Order,
    f"POST v2/checkout/orders/{_ID}/authorize": OrderAuthorizeResponse,
    f"GET v2/payments/authorizations/{_ID}": PaymentAuthorization,
    f"POST v2/payments/authorizations/{_ID}/capture": CapturedPayment,
    f"GET v2/payments/captures/{_ID}": CapturedPayment,
    f"POST v2/payments/captures/{_ID}/refund": Refund,
    f"GET v2/payments/refunds/{_ID}": Refund,
    "GET v1/reporting/transactions": SearchResponse,
}
_QUESTIONS: dict[str, Any] = {
    "POST v2/checkout/orders": OrderRequest,
    f"PATCH v2/checkout/orders/{_ID}": Patch,
    f"POST v2/payments/authorizations/{_ID}/capture": CaptureRequest,
    f"POST v2/payments/captures/{_ID}/refund": RefundRequest,
}
# Not in the library: disputes and the verification of webhooks. Without an answer: patches and voids.
_ELSEWHERE = rf"GET v1/customer/disputes.*|POST v1/notifications/.*|PATCH .*|POST v2/payments/authorizations/{_ID}/void"


@dataclass
class Exchange:
    call: str  # "POST v2/checkout/orders"
    sent: bytes
    status: int
    answer: Any


@pytest.fixture
def exchanges() -> list[Exchange]:
    return []


@pytest.fixture
def sandbox(exchanges: list[Exchange]) -> Iterator[RunningSandbox]:
    """A sandbox that writes down what it is asked and answers."""
    with running_sandbox() as running:
        answer = running.server.app.answer

        def recording(request: Any) -> Any:
            response = answer(request)
            if request.path.startswith("/paypal/"):
                call = f"{request.method} {request.path.removeprefix('/paypal/')}"
                said = json.loads(response.body) if response.body else None
                exchanges.append(Exchange(call, request.body, response.status, said))
            return response

        running.server.app.answer = recording  # type: ignore[method-assign]
        yield running


def question(number: int, **given: Any) -> base.ChargeRequest:
    values: dict[str, Any] = {
        "payment_id": f"pay-{number}",
        "order_number": "ORD-2026000001",
        "amount": Money(1999, "USD"),
        "token": None,
        "idempotency_key": f"k-{number}",
        "return_url": "https://shop.example/orders/1/",
        "description": "Order ORD-2026000001",
    }
    return base.ChargeRequest(**values | given)


def _everything(sandbox: RunningSandbox) -> None:
    """Every call of the provider: taken and given back, held and taken in parts, voided, called back, listed."""
    paypal = sandbox.paypal()
    paid = paypal.charge(question(1)).reference
    paypal.fetch(paid)
    sandbox.approve(paid)
    taken = paypal.fetch(paid).facts[0]
    paypal.refund(paid, Money(500, "USD"), "r")
    sandbox.control("paypal/dispute", {"capture": taken.reference})
    paypal.fetch(paid)
    held = paypal.charge(question(2, capture=False)).reference
    sandbox.approve(held)
    paypal.fetch(held)
    paypal.capture(held, Money(500, "USD"), "c", is_final=False)
    paypal.void(held, "v")
    paypal.void(paypal.charge(question(3)).reference, "v2")
    sandbox.faults(processing=1)
    pending = paypal.charge(question(4, amount=Money(500, "JPY"))).reference
    sandbox.approve(pending)
    paypal.fetch(pending)
    now = db.clock()
    list(paypal.list(now - timedelta(minutes=1), now + timedelta(minutes=1)))


def _model(table: dict[str, Any], call: str) -> Any:
    return next((model for pattern, model in table.items() if re.fullmatch(pattern, call)), None)


def lost(model: Any, content: Any) -> list[str]:
    """What the library's model does not know of a content."""
    read = APIHelper.to_dictionary(model.from_dictionary(content))
    return _missing(content, read)


def _missing(whole: Any, read: Any, path: str = "") -> list[str]:
    if isinstance(whole, dict):
        known = read if isinstance(read, dict) else {}
        return [line for name, value in whole.items() for line in _missing(value, known.get(name), f"{path}.{name}")]
    if isinstance(whole, list):
        known = read if isinstance(read, list) and len(read) == len(whole) else [None] * len(whole)
        return [line for one, other in zip(whole, known, strict=True) for line in _missing(one, other, path)]
    return [] if whole == read else [f"{path}: {whole!r}"]


def test_every_answer_and_question_is_in_paypals_shape(sandbox: RunningSandbox, exchanges: list[Exchange]) -> None:
    _everything(sandbox)
    seen = set()
    for exchange in exchanges:
        answered, asked = _model(_ANSWERS, exchange.call), _model(_QUESTIONS, exchange.call)
        seen |= {model for model in (answered, asked) if model}
        if answered:
            assert lost(answered, exchange.answer) == [], exchange.call
        else:
            assert re.fullmatch(_ELSEWHERE, exchange.call), exchange.call
        if asked:
            given = json.loads(exchange.sent)
            assert [lost(asked, one) for one in (given if isinstance(given, list) else [given])] == [[]]
    assert seen == {*_ANSWERS.values(), *_QUESTIONS.values()}


def test_states_are_paypals(sandbox: RunningSandbox, exchanges: list[Exchange]) -> None:
    _everything(sandbox)
    kinds = {
        "order": OrderStatus,
        "authorization": AuthorizationStatus,
        "capture": CaptureStatus,
        "refund": RefundStatus,
    }
    state = sandbox.state()
    for kind, known in kinds.items():
        said = {thing["status"] for thing in state[f"paypal.{kind}"]}
        assert said
        assert {status for status in said if known.from_value(status) is None} == set()


def test_errors_are_paypals(sandbox: RunningSandbox) -> None:
    """The library reads them with a class that has no model's methods: its attributes are what it knows."""
    answer = requests.get(f"{sandbox.url}/paypal/v2/checkout/orders/X", timeout=5)
    known = set(re.findall(r"self\.(\w+) =", inspect.getsource(ErrorException)))
    assert (answer.status_code, answer.json()["name"]) == (401, "AUTHENTICATION_FAILURE")
    assert set(answer.json()) == {"name", "message", "debug_id", "details", "links"} <= known
    assert lost(ErrorDetails, answer.json()["details"][0]) == []


def test_negative_control_what_paypal_does_not_know_is_lost() -> None:
    assert lost(Order, {"id": "1", "colour": "red", "links": [{"href": "a", "rel": "b", "size": 1}]}) == [
        ".colour: 'red'",
        ".links.size: 1",
    ]
    assert lost(CaptureRequest, {"final_capture": False, "note": "x"}) == [".note: 'x'"]
