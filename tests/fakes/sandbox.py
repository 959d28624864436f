"""The payment sandbox in a test, in memory, on a free port, in a few milliseconds.

    from tests.fakes.sandbox import CARD, running_sandbox

    @pytest.fixture
    def sandbox():
        with running_sandbox() as running:
            yield running

    def test_it(sandbox, settings):
        settings.STRIPE_API_BASE = sandbox.url      # the keys are the shop's defaults
        providers.provider.cache_clear()            # providers are made once in a process
        sandbox.faults(lost_replies=1)              # every switch of sandbox/faults.py by its name
        ...
        assert len(sandbox.state()["charge"]) == 1

With ``webhook_url=live_server.url + "/api/webhooks/stripe"`` its signed webhooks are sent to a live
server; with a call to ``receiver()`` they are collected. ``sandbox.provider()`` is a Stripe provider
that talks to it, without retries of its own. ``sandbox.challenge(reference)`` answers 3-D Secure
without a browser; ``sandbox.deliver(order="reversed", copies=5)`` sends what waits.
"""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from checkout.payments.providers.paypal import PayPal
from checkout.payments.providers.stripe import Stripe
from checkout.payments.sandbox.box import Settings
from checkout.payments.sandbox.server import Sandbox

CARD = "pm_card_visa"
DECLINED = "pm_card_chargeDeclined"
POOR = "pm_card_chargeDeclinedInsufficientFunds"
CHALLENGED = "pm_card_threeDSecure2Required"


class RunningSandbox:
    """A handle on a sandbox: its address and its switches."""

    def __init__(self, server: Sandbox) -> None:
        self.server = server
        self.settings = server.box.settings
        self.url = server.url

    def provider(self, *, network_retries: int = 0, timeout: tuple[float, float] = (2.0, 5.0)) -> Stripe:
        return Stripe(
            secret_key=self.settings.secret_key,
            webhook_secret=self.settings.webhook_secret,
            api_base=self.url,
            network_retries=network_retries,
            timeout=timeout,
        )

    def paypal(self, *, network_retries: int = 0, timeout: tuple[float, float] = (2.0, 5.0)) -> PayPal:
        """A PayPal provider that talks to it, without retries of its own."""
        return PayPal(
            client_id=self.settings.paypal_client_id,
            client_secret=self.settings.paypal_client_secret,
            webhook_id=self.settings.paypal_webhook_id,
            api_base=f"{self.url}/paypal",
            network_retries=network_retries,
            timeout=timeout,
        )

    def approve(self, order: str, funding: str = "balance") -> dict[str, Any]:
        """A shopper's yes on PayPal's page; ``funding``: "balance" pays, "declined" does not."""
        return self.control("paypal/approve", {"order": order, "funding": funding})

    def faults(self, **switches: Any) -> dict[str, Any]:
        """Turn switches; without any, clear them all."""
        return self.control("faults", switches) if switches else self.control("faults", method="DELETE")

    def state(self) -> dict[str, Any]:
        """Counts by kind, and the newest 200 of each kind of object under its name."""
        return self.control("state", method="GET")

    def deliver(self, *, order: str = "normal", copies: int = 1) -> list[dict[str, Any]]:
        """Send the waiting webhooks now; the event ids and the answers they got."""
        delivered: list[dict[str, Any]] = self.control("webhooks/deliver", {"order": order, "copies": copies})[
            "delivered"
        ]
        return delivered

    def challenge(self, payment_intent: str, result: str = "complete") -> dict[str, Any]:
        return self.control("challenge", {"payment_intent": payment_intent, "result": result})

    def settle(self, payment_intent: str, result: str = "succeeded") -> dict[str, Any]:
        return self.control("settle", {"payment_intent": payment_intent, "result": result})

    def reset(self) -> None:
        self.control("reset", {})

    def control(self, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self.settings.secret_key}"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_sandbox/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            result: dict[str, Any] = json.load(answer)
            return result


@contextmanager
def running_sandbox(*, webhook_url: str = "", data: str = ":memory:", **settings: Any) -> Iterator[RunningSandbox]:
    """A sandbox in a thread of this process, until the block ends."""
    server = Sandbox(Settings(webhook_url=webhook_url, **settings), data=data).start()
    try:
        yield RunningSandbox(server)
    finally:
        server.stop()


@dataclass
class Receiver:
    """Collects webhooks as (body, headers); answers ``status``."""

    url: str = ""
    status: int = 200
    got: list[tuple[bytes, dict[str, str]]] = field(default_factory=list)

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for body, _ in self.got]


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A shop that only listens, until the block ends."""
    collected = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            collected.got.append((body, dict(self.headers)))
            self.send_response(collected.status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    collected.url = f"http://127.0.0.1:{server.server_port}/webhooks"
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield collected
    finally:
        server.shutdown()
        server.server_close()
