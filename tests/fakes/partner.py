"""A warehouse that signs as the specification of Standard Webhooks says, without the shop's library."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from typing import Any

from django.test import Client

URL = "/api/stock/movements"


def signature(secret: str, message_id: str, timestamp: int | str, body: bytes) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over "<id>.<timestamp>.<body>", keyed by what follows `whsec_`."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    digest = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def headers(feed: str, secret: str, message_id: str, body: bytes, *, age: int = 0) -> dict[str, str]:
    """The headers of a message signed `age` seconds ago."""
    timestamp = int(time.time()) - age
    return {
        "X-Feed": feed,
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(secret, message_id, timestamp, body),
    }


def movement(sku: str, change: int, **fields: Any) -> dict[str, Any]:
    """A movement at the default location, for the reason that fits unless another is named."""
    return {
        "sku": sku, "location": "default", "change": change, "reason": "received" if change > 0 else "damaged", **fields
    }  # fmt: skip


def send(feed: str, secret: str, message_id: str, payload: Mapping[str, Any] | bytes, *, age: int = 0) -> Any:
    """Post a message; the shop's answer."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    signed = headers(feed, secret, message_id, body, age=age)
    return Client().post(URL, body, content_type="application/json", headers=signed)
