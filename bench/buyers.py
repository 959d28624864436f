"""Shoppers by the hundred who press Pay at the same time, and follow their place in the line.

They are one process beside the shop that is measured, so each costs it little: aiohttp finds a free connection in the
same time for two requests and for two thousand (httpx's pool looks at every one of both for each).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp

from bench.client import ADDRESS
from shop.local import addresses

ANSWER = 60  # seconds in which the shop must begin to answer

# What a shopper meets who gets no answer, or none that a program can read.
NoAnswer = (aiohttp.ClientError, TimeoutError, ValueError)


@dataclass(frozen=True)
class Answer:
    """A status, the JSON object that came with it, and where to ask on (of an order that waits for its turn)."""

    status: int
    body: dict[str, Any]
    location: str = ""


def session(port: int, connections: int) -> aiohttp.ClientSession:
    """All shoppers of one shop, on at most so many connections."""
    return aiohttp.ClientSession(
        f"http://{addresses.HOST}:{port}",
        connector=aiohttp.TCPConnector(limit=connections),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=ANSWER, sock_read=ANSWER),
        headers={"User-Agent": "bench"},
    )


async def pay(shop: aiohttp.ClientSession, token: str, total: str) -> Answer:
    """Place the order of the cart `token`, by card. Raises one of `NoAnswer`."""
    body = {
        "email": "ada@example.com", "shippingAddress": ADDRESS, "deliveryOption": "standard",
        "expectedTotal": total, "payment": {"provider": "stripe", "token": "pm_card_visa"},
    }  # fmt: skip
    headers = {"X-Cart-Token": token, "Idempotency-Key": token}
    async with shop.post("/api/orders", json=body, headers=headers) as answer:
        return Answer(answer.status, _read(await answer.json()), answer.headers.get("Location", ""))


async def ask(shop: aiohttp.ClientSession, where: str) -> Answer:
    """What has become of an order in line. Raises one of `NoAnswer`."""
    async with shop.get(where) as answer:
        return Answer(answer.status, _read(await answer.json()))


def _read(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise ValueError("The answer is not a JSON object.")
    return body
