"""PayPal's API under ``/paypal/``: tokens, faults, idempotency by PayPal-Request-Id, then the endpoint."""

import base64
import hmac
import json
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from checkout.payments.sandbox import idempotency, paypal_pages, wire
from checkout.payments.sandbox import paypal_events as events
from checkout.payments.sandbox import paypal_orders as orders
from checkout.payments.sandbox import paypal_payments as payments
from checkout.payments.sandbox import paypal_reports as reports
from checkout.payments.sandbox.box import Box, Call
from checkout.payments.sandbox.paypal_wire import PREFIX, Problem, malformed, new_id, refused

Endpoint = Callable[..., Any]
_ID = r"([\w-]{1,100})"
_TOKEN, _VERIFY, _PAGE = "v1/oauth2/token", "v1/notifications/verify-webhook-signature", "checkoutnow"
_LIFE = 32_400  # seconds of a token
_LONGEST_KEY = 108

_ROUTES: tuple[tuple[str, str, int, Endpoint], ...] = (
    ("POST", "v2/checkout/orders", 201, orders.create),
    ("GET", f"v2/checkout/orders/{_ID}", 200, orders.retrieve),
    ("PATCH", f"v2/checkout/orders/{_ID}", 204, orders.patch),
    ("POST", f"v2/checkout/orders/{_ID}/capture", 201, orders.capture),
    ("POST", f"v2/checkout/orders/{_ID}/authorize", 201, orders.authorize),
    ("GET", f"v2/payments/authorizations/{_ID}", 200, payments.reader("authorization")),
    ("POST", f"v2/payments/authorizations/{_ID}/capture", 201, payments.capture),
    ("POST", f"v2/payments/authorizations/{_ID}/void", 204, payments.void),
    ("GET", f"v2/payments/captures/{_ID}", 200, payments.reader("capture")),
    ("POST", f"v2/payments/captures/{_ID}/refund", 201, payments.refund),
    ("GET", f"v2/payments/refunds/{_ID}", 200, payments.reader("refund")),
    ("GET", "v1/reporting/transactions", 200, reports.transactions),
    ("GET", "v1/customer/disputes", 200, reports.disputes),
    ("GET", f"v1/customer/disputes/{_ID}", 200, reports.dispute),
)


def answer(box: Box, request: wire.Request) -> wire.Response:
    """The answer to a request. Raises ``wire.Cut`` when it is to get none."""
    path = request.path.removeprefix(f"{PREFIX}/")
    if path == _PAGE:
        return paypal_pages.answer(box, request)
    faults = box.faults
    struck = faults.concerns(request.method, request.path) and (path != _TOKEN or bool(faults.path))
    if struck and faults.delay:
        time.sleep(faults.delay)
    if struck and faults.strikes():
        raise Problem(faults.status, "INTERNAL_SERVER_ERROR", "INTERNAL_SERVICE_ERROR", "The sandbox was told to fail.")
    if path == _TOKEN:
        response = _token(box, request)
    else:
        _admit(box, request)
        response = _asked(box, request, path)
    if struck and faults.take("lost_replies"):
        raise wire.Cut
    return response


def _token(box: Box, request: wire.Request) -> wire.Response:
    """``POST /v1/oauth2/token``"""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    try:
        given = base64.b64decode(value) if scheme.lower() == "basic" else b""
    except ValueError:
        given = b""
    right = f"{box.settings.paypal_client_id}:{box.settings.paypal_client_secret}".encode()
    if not hmac.compare_digest(given, right):
        body = {"error": "invalid_client", "error_description": "Client Authentication failed"}
        return wire.json_response(401, body)
    token = {"id": f"A21AA{new_id(40)}", "object": "paypal.token", "until": time.time() + _LIFE}
    box.store.put(token)
    return wire.json_response(
        200,
        {
            "scope": "https://uri.paypal.com/services/payments/payment",
            "access_token": token["id"],
            "token_type": "Bearer",
            "expires_in": _LIFE,
        },
    )


def _admit(box: Box, request: wire.Request) -> None:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    token = box.store.find("paypal.token", value.strip()) if scheme.lower() == "bearer" else None
    if token is None or token["until"] < time.time():
        raise Problem(401, "AUTHENTICATION_FAILURE", "INVALID_TOKEN", "Access Token not found in cache")


def _asked(box: Box, request: wire.Request, path: str) -> wire.Response:
    if (request.method, path) == ("POST", _VERIFY):
        return wire.json_response(200, events.verify(Call(box, _params(request), request.origin), request.body))
    status, endpoint, ids = _route(request.method, path)
    key = request.headers.get("paypal-request-id") if request.method == "POST" else None
    if not key:
        return _run(box, request, status, endpoint, ids, None)
    if len(key) > _LONGEST_KEY:
        raise malformed("INVALID_STRING_MAX_LENGTH", f"PayPal-Request-Id has at most {_LONGEST_KEY} characters")
    key = f"paypal:{key}"
    try:
        with idempotency.alone(box.store, key):
            first = idempotency.remembered(box.store, key, idempotency.fingerprint(request))
            return _again(first) if first else _run(box, request, status, endpoint, ids, key)
    except Problem:
        raise
    except wire.ApiError as error:
        if error.status == 409:
            raise Problem(409, "RESOURCE_CONFLICT", "PREVIOUS_REQUEST_IN_PROGRESS", str(error)) from error
        raise refused("DUPLICATE_REQUEST_ID", "This PayPal-Request-Id was used for another request.") from error


def _again(first: wire.Response) -> wire.Response:
    return wire.Response(200 if first.status == 201 else first.status, first.body)


def _run(
    box: Box, request: wire.Request, status: int, endpoint: Endpoint, ids: tuple[str, ...], key: str | None
) -> wire.Response:
    """One transaction: the work and, with a key, its answer. A refusal leaves nothing behind."""
    call = Call(box, _params(request), request.origin, key)
    with box.store.transaction():
        thing = endpoint(call, *ids)
        response = wire.Response(204) if thing is None else wire.json_response(status, thing)
        if key:
            idempotency.remember(box.store, key, idempotency.fingerprint(request), response)
    return response


def _params(request: wire.Request) -> dict[str, Any]:
    if request.method == "GET":
        return dict(parse_qsl(request.query))
    try:
        given = json.loads(request.body or b"{}")
    except ValueError:
        raise malformed("MALFORMED_REQUEST_JSON", "The request is no JSON.") from None
    if isinstance(given, list):
        return {"list": given}
    if not isinstance(given, dict):
        raise malformed("MALFORMED_REQUEST_JSON", "The request is not an object.")
    return given


def _route(method: str, path: str) -> tuple[int, Endpoint, tuple[str, ...]]:
    for known, pattern, status, endpoint in _ROUTES:
        if known == method and (match := re.fullmatch(pattern, path)):
            return status, endpoint, match.groups()
    raise Problem(404, "RESOURCE_NOT_FOUND", "NOT_FOUND", f"No such call: {method} {path}")
