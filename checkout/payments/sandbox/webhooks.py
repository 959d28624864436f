"""Signed messages to the shop, tried again with growing pauses until it says 2xx."""

import hashlib
import hmac
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from checkout.payments.sandbox import paypal_events
from checkout.payments.sandbox.box import Box, compact

_TRIES = 16
_LONGEST_PAUSE = 3600
_TIMEOUT = 10
_QUIET = 1.0  # seconds without a new event before reversed delivery starts


def signature(body: bytes, secret: str, at: int) -> str:
    """The ``Stripe-Signature`` header."""
    digest = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={at},v1={digest}"


class Sender(threading.Thread):
    """One thread that sends what is due."""

    def __init__(self, box: Box) -> None:
        super().__init__(name="webhooks", daemon=True)
        self._box = box
        self._wake = threading.Event()
        self._stopping = False
        self._sending = threading.Lock()

    def wake(self) -> None:
        self._wake.set()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        self.join(_TIMEOUT)

    def run(self) -> None:
        while not self._stopping:
            self._wake.wait(0.5)
            self._wake.clear()
            if not self._box.faults.webhooks.hold:
                self._send_due()

    def deliver(self, *, newest_first: bool = False, copies: int = 1) -> list[dict[str, Any]]:
        """Send everything that waits, now, whatever its time; what was sent, and the shop's answers."""
        with self._sending:
            return [
                {"event": event_id, "status": self._send(seq, event_id, tries, copies)}
                for seq, event_id, tries, _ in self._waiting(newest_first)
            ]

    def _waiting(self, newest_first: bool) -> list[tuple[Any, ...]]:
        sql = "SELECT seq, event_id, tries, max(due_at, made_at + ?) FROM deliveries WHERE done = 0 ORDER BY seq"
        return self._box.store.rows(sql + (" DESC" if newest_first else ""), self._box.faults.webhooks.delay)

    def _send_due(self) -> None:
        switches = self._box.faults.webhooks
        with self._sending:
            if switches.reversed and self._newest_at() + _QUIET > time.time():
                return
            for seq, event_id, tries, due_at in self._waiting(switches.reversed):
                if self._stopping:
                    return
                if due_at <= time.time():
                    self._send(seq, event_id, tries, switches.copies)

    def _newest_at(self) -> float:
        found = self._box.store.rows("SELECT coalesce(max(made_at), 0) FROM deliveries WHERE done = 0")
        return float(found[0][0])

    def _send(self, seq: int, event_id: str, tries: int, copies: int) -> int:
        status = 0
        for _ in range(copies):
            status = self._post(event_id)
        tries += 1
        sent = 200 <= status < 300
        self._box.store.rows(
            "UPDATE deliveries SET tries = ?, status = ?, done = ?, due_at = ? WHERE seq = ?",
            tries,
            status,
            int(sent or tries >= _TRIES),
            time.time() + min(2 ** (tries - 1), _LONGEST_PAUSE),
            seq,
        )
        return status

    def _post(self, event_id: str) -> int:
        """The shop's status, 0 if it does not answer."""
        url, body, headers = self._addressed(event_id)
        if not url:
            return 0
        request = urllib.request.Request(url, body, headers)  # noqa: S310 - the operator's address
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def _addressed(self, event_id: str) -> tuple[str, bytes, dict[str, str]]:
        """Where an event goes, and as what: Stripe's or PayPal's."""
        settings, store = self._box.settings, self._box.store
        if paypal := store.find(paypal_events.KIND, event_id):
            return settings.paypal_webhook_url, *paypal_events.message(self._box, paypal)
        body = compact(store.load("event", event_id)).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Payment-Sandbox/1.0",
            "Stripe-Signature": signature(body, settings.webhook_secret, int(time.time())),
        }
        return settings.webhook_url, body, headers
