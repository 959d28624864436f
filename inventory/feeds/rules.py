"""What a message of a feed may say. Pure: no key, no clock, no database."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard
from uuid import UUID

MAX_BYTES = 256 * 1024
MAX_MOVEMENTS = 500
MAX_CHANGE = 1_000_000
MAX_SEQUENCE = 2**63 - 1
MAX_SKU, MAX_LOCATION, MAX_DOCUMENT = 255, 40, 40

# No dot: the signature covers "<id>.<timestamp>.<body>", and a dot in the id would allow another reading of it.
_ID = re.compile(r"[A-Za-z0-9_:-]{1,64}")

# Reason, and the way units go by it: 1 in, −1 out, 0 either.
REASONS: dict[str, int] = {
    "received": 1,  # new units came in
    "returned": 1,  # units came back
    "found": 1,
    "sold": -1,  # over another counter than this shop's
    "damaged": -1,
    "lost": -1,
    "corrected": 0,  # a count differed
}


@dataclass(frozen=True, slots=True)
class Movement:
    """`change` units (+ in, − out) of a variant, by `variant_id` or else `sku`, at the location with this code."""

    variant_id: UUID | None
    sku: str
    location: str
    change: int
    reason: str
    document: str


@dataclass(frozen=True, slots=True)
class Message:
    """What a feed sent: its movements in their order, and its place among the feed's messages if it numbers them."""

    sequence: int | None
    movements: tuple[Movement, ...]


class Refused(Exception):
    """A message was refused, nothing of it was done: `code` is stable, `position` (from 0) the movement at fault and
    `field` the member of it, or of the message, that is not valid."""

    def __init__(self, code: str, position: int | None = None, field: str = "") -> None:
        super().__init__(code if position is None else f"{code} at {position}")
        self.code, self.position, self.field = code, position, field


def is_message_id(text: str) -> bool:
    """Whether `text` may be a webhook-id: 1 to 64 letters, digits, `_`, `-` and `:`."""
    return _ID.fullmatch(text) is not None


def read(payload: object) -> Message:
    """The message in a parsed JSON body. Unknown members are ignored.

    Raises `Refused`: "validation_error", "too_many" (movements), "bad_quantity" (no whole number of units other than
    0, out of range, or against its reason), "unknown_reason".
    """
    if not isinstance(payload, Mapping):
        raise Refused("validation_error")
    sequence, movements = payload.get("sequence"), payload.get("movements")
    if sequence is not None and not (_is_int(sequence) and 0 <= sequence <= MAX_SEQUENCE):
        raise Refused("validation_error", field="sequence")
    if not isinstance(movements, list) or not movements:
        raise Refused("validation_error", field="movements")
    if len(movements) > MAX_MOVEMENTS:
        raise Refused("too_many", field="movements")
    return Message(sequence, tuple(_movement(one, position) for position, one in enumerate(movements)))


def _movement(given: object, position: int) -> Movement:
    if not isinstance(given, Mapping):
        raise Refused("validation_error", position)
    variant_id, sku = _variant(given, position)
    location = _text(given, "location", MAX_LOCATION, position)
    document = _text(given, "document", MAX_DOCUMENT, position, may_be_empty=True)
    reason, change = given.get("reason"), given.get("change")
    if not isinstance(reason, str) or reason not in REASONS:
        raise Refused("unknown_reason", position, "reason")
    if not _is_int(change) or not 1 <= abs(change) <= MAX_CHANGE or change * REASONS[reason] < 0:
        raise Refused("bad_quantity", position, "change")
    return Movement(variant_id, sku, location, change, reason, document)


def _variant(given: Mapping[str, Any], position: int) -> tuple[UUID | None, str]:
    named = given.get("variantId")
    if named is None:
        return None, _text(given, "sku", MAX_SKU, position)
    try:
        return UUID(named), _text(given, "sku", MAX_SKU, position, may_be_empty=True)
    except (ValueError, AttributeError, TypeError):
        raise Refused("validation_error", position, "variantId") from None


def _text(given: Mapping[str, Any], name: str, most: int, position: int, *, may_be_empty: bool = False) -> str:
    """Printable text of at most `most` characters: neither NUL nor half a character can reach the database."""
    value = given.get(name, "" if may_be_empty else None)
    if not isinstance(value, str) or len(value) > most or not (value or may_be_empty) or not value.isprintable():
        raise Refused("validation_error", position, name)
    return value


def _is_int(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
