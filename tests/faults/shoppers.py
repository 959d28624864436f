"""Shoppers over HTTP, each in a thread of its own, who press Pay and do not give up until they know."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from bench.client import ADDRESS

PATIENCE = 15.0  # seconds: an answer that takes longer is a hang
AGAIN = {202, 409, 503}  # in line, still running, not available: the same call again


@dataclass
class Answer:
    """One answer, or "cut" when the connection broke; moments are those of `time.monotonic`."""

    status: int | str
    began: float
    ended: float
    body: Any = None
    retry_after: str = ""
    cookies: dict[str, str] = field(default_factory=dict)


@dataclass
class Crowd:
    """Full carts, and what became of them."""

    url: str
    tokens: list[str]
    total: str
    answers: list[Answer] = field(default_factory=list)
    orders: dict[str, str] = field(default_factory=dict)  # cart's token: number of the order that was acknowledged
    threads: list[threading.Thread] = field(default_factory=list)

    def start(self, *, patience: float = 90, spread: float = 0.0) -> None:
        """Everybody presses Pay, one every `spread` seconds, and again where the answer says so, for so long."""
        for number, token in enumerate(self.tokens):
            self.threads.append(threading.Thread(target=self._shop, args=(token, number * spread, patience)))
            self.threads[-1].start()

    def wait(self) -> None:
        for thread in self.threads:
            thread.join()

    def until_ordered(self, count: int, *, seconds: float = 60) -> None:
        """Wait until so many of them have their order."""
        end = time.monotonic() + seconds
        while len(self.orders) < count:
            assert time.monotonic() < end, self.statuses()
            time.sleep(0.01)

    def _shop(self, token: str, pause: float, patience: float) -> None:
        time.sleep(pause)
        until = time.monotonic() + patience
        while time.monotonic() < until:
            answer = order(self.url, token, self.total)
            self.answers.append(answer)
            if answer.status == 201:
                self.orders[token] = answer.body["number"]
            if answer.status not in {*AGAIN, "cut"}:
                return
            time.sleep(0.5)

    # --- What was seen
    def statuses(self) -> Counter[int | str]:
        return Counter(answer.status for answer in self.answers)

    def first_order_after(self, moment: float) -> float:
        """Seconds from `moment` to the first order whose call was made after it."""
        ends = [one.ended for one in self.answers if one.status == 201 and one.began > moment]
        assert ends, f"no order after the fault: {self.statuses()}"
        return min(ends) - moment

    def slowest(self) -> float:
        return max(answer.ended - answer.began for answer in self.answers)

    def faults(self) -> list[str]:
        """Answers that no shopper should see: errors without a hint to try again, and hangs."""
        wrong = []
        for one in self.answers:
            seconds = one.ended - one.began
            if seconds > PATIENCE:
                wrong.append(f"{one.status} after {seconds:.1f} s")
            if isinstance(one.status, int) and one.status not in {201, *AGAIN}:
                wrong.append(f"{one.status}: {one.body}")
            if one.status == 503 and not (one.retry_after and one.body["error"]["code"]):
                wrong.append(f"503 without Retry-After or code: {one.body}")
        return wrong


def order(url: str, token: str, total: str) -> Answer:
    """One `POST /api/orders` for the cart of `token`, with a key that belongs to the cart."""
    body = {
        "email": "ada@example.com", "shippingAddress": ADDRESS, "deliveryOption": "standard",
        "expectedTotal": total, "payment": {"provider": "stripe", "token": "pm_card_visa"},
    }  # fmt: skip
    headers = {"Content-Type": "application/json", "X-Cart-Token": token, "Idempotency-Key": token}
    return ask(url, "POST", "/api/orders", json.dumps(body), headers)


def ask(url: str, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> Answer:
    """One request on a connection of its own."""
    began = time.monotonic()
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=60)
    try:
        connection.request(method, path, body=body, headers=headers or {})
        response = connection.getresponse()
        content = response.read()
    except (OSError, http.client.HTTPException):
        return Answer("cut", began, time.monotonic())
    finally:
        connection.close()
    is_json = response.headers.get_content_type() == "application/json"
    said = json.loads(content) if is_json and content else content.decode(errors="replace")
    given = [line.partition(";")[0].partition("=") for line in response.headers.get_all("Set-Cookie", [])]
    cookies = {name: value for name, _, value in given}
    return Answer(response.status, began, time.monotonic(), said, response.headers.get("Retry-After", ""), cookies)
