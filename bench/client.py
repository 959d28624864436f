"""A shopper without a browser: one connection, one request after the other."""

from __future__ import annotations

import gzip
import http.client
import json
import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from shop.local import addresses

ADDRESS = {
    "firstName": "Ada", "lastName": "Lovelace", "address1": "1 Analytical Way", "city": "Springfield",
    "state": "IL", "postalCode": "62701", "country": "US",
}  # fmt: skip


class Client:
    """Keeps its connection, as browsers do. Every answer must have the status that is expected of it."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection(addresses.HOST, port, timeout=30)
        self.seconds: list[float] = []

    def start_over(self) -> None:
        """Forget the times, and the connection, which the server may have closed while nothing was asked."""
        self.seconds.clear()
        self.connection.close()

    def get(self, path: str, *, cookie: str = "") -> bytes:
        return self._ask("GET", path, None, {"Cookie": cookie} if cookie else {}, 200)[0]

    def post(self, path: str, body: dict[str, Any], *, expect: int, **headers: str) -> tuple[Any, Any]:
        """The JSON answer and its headers."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content, answered = self._ask(
            "POST", path, json.dumps(body), named | {"Content-Type": "application/json"}, expect
        )
        is_packed = answered["Content-Encoding"] == "gzip"
        return json.loads(gzip.decompress(content) if is_packed else content), answered

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str], expect: int) -> tuple[bytes, Any]:
        headers = {"Accept-Encoding": "gzip, br", "User-Agent": "bench", **headers}
        started = time.perf_counter()
        self.connection.request(method, path, body=body, headers=headers)
        response = self.connection.getresponse()
        content = response.read()
        self.seconds.append(time.perf_counter() - started)
        if response.status != expect:
            raise SystemExit(f"{method} {path} answered {response.status}, not {expect}: {content[:300]!r}")
        return content, response.headers

    def fill_cart(self, variant_ids: Sequence[str]) -> tuple[str, str]:
        """A guest's new cart with one unit of each variant: its token, and its total with delivery to `ADDRESS`."""
        token, answer = "", None
        for variant_id in variant_ids:
            headers = {"X_Cart_Token": token} if token else {}
            answer, _headers = self.post("/api/cart/items", {"variantId": variant_id}, expect=200, **headers)
            token = token or answer["token"]
        place = {"shippingAddress": {"country": "US", "state": "IL"}, "deliveryOption": "standard"}
        quote, _headers = self.post("/api/checkout/quote", place, expect=200, X_Cart_Token=token)
        return token, quote["totals"]["total"]

    def order(self, token: str, total: str) -> str:
        """Place the order of a cart, paid by card; returns its number."""
        body = {
            "email": "ada@example.com", "shippingAddress": ADDRESS, "deliveryOption": "standard",
            "expectedTotal": total, "payment": {"provider": "stripe", "token": "pm_card_visa"},
        }  # fmt: skip
        answer, _headers = self.post("/api/orders", body, expect=201, X_Cart_Token=token, Idempotency_Key=str(uuid4()))
        number: str = answer["number"]
        return number
