"""The sandbox as a WSGI application: keys, CORS, faults, idempotency, then the endpoint."""

import hmac
import re
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from checkout.payments.sandbox import (
    control,
    disputes,
    idempotency,
    intents,
    methods,
    pages,
    paypal_app,
    refunds,
    sessions,
    wire,
)
from checkout.payments.sandbox.box import Box, Call, listing, public
from checkout.payments.sandbox.expand import expanded
from checkout.payments.sandbox.webhooks import Sender

Endpoint = Callable[..., Any]
_ID = r"([\w-]{1,100})"


def _events(call: Call) -> Any:
    """``GET /v1/events``"""
    limit = min(max(wire.integer(call.params, "limit", 10), 1), 100)
    found = call.store.newest("event", limit + 1, wire.text(call.params, "starting_after", ""))
    return listing(found[:limit], "/v1/events", more=len(found) > limit)


def _event(call: Call, id: str) -> Any:
    return call.store.load("event", id)


_ROUTES: tuple[tuple[str, str, Endpoint], ...] = (
    ("POST", "payment_methods", methods.create),
    ("GET", f"payment_methods/{_ID}", methods.retrieve),
    ("POST", f"payment_methods/{_ID}/detach", methods.detach),
    ("POST", "payment_intents", intents.create),
    ("GET", "payment_intents", intents.list_),
    ("GET", "payment_intents/search", intents.search),
    ("GET", f"payment_intents/{_ID}", intents.retrieve),
    ("POST", f"payment_intents/{_ID}/confirm", intents.confirm),
    ("POST", f"payment_intents/{_ID}/capture", intents.capture),
    ("POST", f"payment_intents/{_ID}/cancel", intents.cancel),
    ("GET", f"charges/{_ID}", refunds.retrieve_charge),
    ("POST", "refunds", refunds.create),
    ("GET", "refunds", refunds.list_),
    ("GET", f"refunds/{_ID}", refunds.retrieve),
    ("GET", "disputes", disputes.list_),
    ("GET", f"disputes/{_ID}", disputes.retrieve),
    ("POST", "customers", methods.create_customer),
    ("GET", f"customers/{_ID}", methods.retrieve_customer),
    ("POST", "checkout/sessions", sessions.create),
    ("GET", "checkout/sessions", sessions.list_),
    ("GET", f"checkout/sessions/{_ID}", sessions.current),
    ("POST", f"checkout/sessions/{_ID}/expire", sessions.expire),
    ("GET", "events", _events),
    ("GET", f"events/{_ID}", _event),
)
_FOR_BROWSERS = {methods.create}
_CORS = {
    "Access-Control-Allow-Methods": "GET, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Stripe-Version, Idempotency-Key",
    "Access-Control-Max-Age": "300",
}


class App:
    """``sender`` delivers the webhooks of what happens here."""

    def __init__(self, box: Box, sender: Sender) -> None:
        self.box, self.sender = box, sender

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            response = self.answer(_request(environ, self.box.settings.public_url))
        except wire.Cut:
            environ["sandbox.cut"]()
            response = wire.Response(500)
        except wire.ApiError as error:
            response = wire.json_response(error.status, error.body)
        headers = self._headers(environ.get("HTTP_ORIGIN", ""), response)
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", headers)
        self.sender.wake()
        return [response.body]

    def answer(self, request: wire.Request) -> wire.Response:
        """The answer to a request. Raises ``wire.Cut`` when it is to get none."""
        if request.method == "OPTIONS":
            return wire.Response(204)
        if request.path.startswith("/v1/"):
            return self._api(request)
        if request.path.startswith("/_sandbox/"):
            self._admit(request, {self.box.settings.secret_key})
            return control.answer(self.box, self.sender, request)
        if request.path.startswith("/paypal/"):
            return paypal_app.answer(self.box, request)
        return pages.answer(self.box, request)

    def _api(self, request: wire.Request) -> wire.Response:
        faults = self.box.faults
        struck = faults.concerns(request.method, request.path)
        endpoint, ids = _route(request)
        keys = {self.box.settings.secret_key}
        self._admit(request, keys | {self.box.settings.publishable_key} if endpoint in _FOR_BROWSERS else keys)
        if struck and faults.strikes():
            raise wire.ApiError(faults.status, "The sandbox was told to fail.", type="api_error")
        response = self._once(request, endpoint, ids, struck)
        if struck and faults.take("lost_replies"):
            raise wire.Cut
        return response

    def _once(self, request: wire.Request, endpoint: Endpoint, ids: tuple[str, ...], struck: bool) -> wire.Response:
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        if key is None:
            self._linger(struck)
            return self._run(request, endpoint, ids, struck, None)
        with idempotency.alone(self.box.store, key):
            first = idempotency.remembered(self.box.store, key, idempotency.fingerprint(request))
            self._linger(struck)
            return first or self._run(request, endpoint, ids, struck, key)

    def _run(
        self, request: wire.Request, endpoint: Endpoint, ids: tuple[str, ...], struck: bool, key: str | None
    ) -> wire.Response:
        """One transaction: the work and, with a key, its answer."""
        encoded = request.query if request.method == "GET" else request.body.decode("utf-8", "replace")
        call = Call(self.box, wire.decode(encoded), request.origin, key)
        store, print_ = self.box.store, idempotency.fingerprint(request)
        try:
            with store.transaction():
                response = self._perform(call, endpoint, ids, struck)
                if key:
                    idempotency.remember(store, key, print_, response)
                return response
        except wire.ApiError as error:
            response = wire.json_response(error.status, error.body)
            if key and error.stored:
                idempotency.remember(store, key, print_, response)
            return response

    def _perform(self, call: Call, endpoint: Endpoint, ids: tuple[str, ...], struck: bool) -> wire.Response:
        if struck and self.box.faults.take("stored_errors"):
            raise wire.ApiError(self.box.faults.status, "The sandbox was told to fail.", type="api_error")
        try:
            thing = endpoint(call, *ids)
            return wire.json_response(200, public(expanded(call.store, thing, call.params.get("expand", []))))
        except wire.ApiError as error:
            if not error.kept:
                raise
            return wire.json_response(error.status, error.body)

    def _linger(self, struck: bool) -> None:
        if struck and self.box.faults.delay:
            time.sleep(self.box.faults.delay)

    def _admit(self, request: wire.Request, keys: set[str]) -> None:
        if any(hmac.compare_digest(request.key.encode(), key.encode()) for key in keys):
            return
        if request.key == self.box.settings.publishable_key:
            message = "This API call cannot be made with a publishable API key. Please use a secret API key."
            raise wire.ApiError(403, message, code="secret_key_required")
        raise wire.ApiError(401, f"Invalid API Key provided: {request.key[:8]}****", code="api_key_invalid")

    def _headers(self, origin: str, response: wire.Response) -> list[tuple[str, str]]:
        headers = {"Content-Type": response.content_type, "Cache-Control": "no-store", **response.headers}
        allowed = self.box.settings.shop_origins
        if origin and (not allowed or origin in allowed):
            headers |= _CORS | {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
        return [*headers.items(), ("Content-Length", str(len(response.body)))]


def _route(request: wire.Request) -> tuple[Endpoint, tuple[str, ...]]:
    path = request.path.removeprefix("/v1/")
    for method, pattern, endpoint in _ROUTES:
        if method == request.method and (match := re.fullmatch(pattern, path)):
            return endpoint, match.groups()
    raise wire.ApiError(404, f"Unrecognized request URL ({request.method}: {request.path}).")


def _request(environ: dict[str, Any], public_url: str) -> wire.Request:
    length = environ.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > wire.MAX_BODY:
        raise wire.ApiError(413, "Request too large.")
    headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name[:5] == "HTTP_"}
    return wire.Request(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"],
        query=environ.get("QUERY_STRING", ""),
        headers=headers,
        body=environ["wsgi.input"].read(int(length)),
        origin=public_url.rstrip("/") or f"http://{headers.get('host', 'localhost')}",
    )
