"""The products that a browser has looked at, in a cookie: for its own shelf and nothing else. Pure.

The cookie is written by the shop and read with suspicion; what is in it can only change what its owner sees.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Sequence
from uuid import UUID

COOKIE = "seen"
KEPT = 16
MAX_AGE = 30 * 24 * 3600  # seconds


def read(cookie: str) -> list[UUID]:
    """The products in the cookie, the latest first; nothing of one that this shop has not written."""
    try:
        data = urlsafe_b64decode(cookie[: 32 * KEPT] + "=" * (-len(cookie) % 4))
    except (Error, ValueError):
        return []
    if len(data) % 16 or len(data) > 16 * KEPT:
        return []
    return [UUID(bytes=data[start : start + 16]) for start in range(0, len(data), 16)]


def write(product_ids: Sequence[UUID]) -> str:
    """The cookie for these products, of which the first ones are kept."""
    return urlsafe_b64encode(b"".join(one.bytes for one in product_ids[:KEPT])).rstrip(b"=").decode()


def with_latest(product_id: UUID, before: Sequence[UUID]) -> list[UUID]:
    """What was looked at, now that this one was."""
    return [product_id, *(one for one in before if one != product_id)][:KEPT]
