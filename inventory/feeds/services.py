"""Take a signed message in: who sent it, whether it may, what it moves. Partners themselves are in `partners`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

import structlog
from django.db import transaction
from prometheus_client import Counter

from inventory.feeds import locking, rules, selectors, signatures
from inventory.feeds.models import Feed, FeedMessage
from inventory.feeds.rules import Refused
from inventory.stock import deltas as stock
from inventory.stock import selectors as stock_selectors
from shop.core import db

__all__ = ["Refused"]  # raised here as well
log = structlog.get_logger("inventory.feeds")

MESSAGES = Counter("shop_feed_messages_total", "Messages of stock feeds, by what became of them", ["outcome"])

_KINDS = {"received": stock.Kind.RECEIVE, "returned": stock.Kind.RETURN}  # whatever else happens is an adjustment


def accept(*, feed_code: str, message_id: str, timestamp: str, signature: str, body: bytes) -> str:
    """Take in one message: check who signed it, make its movements, all of them or none; the answer as JSON text.

    The same id with the same body again: the same answer, and nothing else happens. Refusals are logged and counted,
    and those of a partner who signed properly are kept, to be shown in the admin; such a message may be sent again
    with the same id and is then judged anew. Raises `Refused`; besides the codes of `rules.read`: "unknown_feed",
    "bad_signature", "bad_message_id", "timestamp_too_old", "timestamp_too_new", "feed_inactive", "invalid_json",
    "still_running", "idempotency_mismatch", "out_of_order", "reason_not_allowed", "location_not_allowed",
    "unknown_location", "unknown_sku", "would_go_below_zero".
    """
    try:
        feed = _partner(feed_code, message_id, timestamp, signature, body)
        answer = _once(feed, message_id, body)
    except Refused as error:
        _tell(error, feed_code, message_id)
        raise
    MESSAGES.labels("accepted").inc()
    return answer


def refused(code: str, *, feed_code: str, message_id: str) -> Refused:
    """A refusal that was decided before the message was read, logged and counted as those of `accept` are."""
    error = Refused(code)
    _tell(error, feed_code, message_id)
    return error


def _tell(error: Refused, feed_code: str, message_id: str) -> None:
    log.warning(
        "stock feed refused", code=error.code, position=error.position, feed=feed_code[:30], message=message_id[:64]
    )
    MESSAGES.labels(error.code).inc()


def _partner(feed_code: str, message_id: str, timestamp: str, signature: str, body: bytes) -> Feed:
    """The feed whose secret signed the message."""
    feed = selectors.by_code(feed_code) if feed_code.isprintable() else None
    if feed is None:
        raise Refused("unknown_feed")
    signatures.verify(
        secrets=selectors.secrets_of(feed),
        message_id=message_id,
        timestamp=timestamp,
        signature=signature,
        body=body,
    )
    return feed


def _once(feed: Feed, message_id: str, body: bytes) -> str:
    mark = hashlib.sha256(body).hexdigest()
    with transaction.atomic(using=db.INVENTORY):
        if not locking.is_alone(feed.pk, message_id):
            raise Refused("still_running")
        before = selectors.message(feed, message_id)
        if before is not None and before.fingerprint != mark:
            raise Refused("idempotency_mismatch")
        if before is not None and before.is_accepted:
            return before.answer
        row = before or FeedMessage(feed=feed, message_id=message_id, fingerprint=mark)
        refusal = _take_in(row, body)
    if refusal is not None:
        raise refusal
    return row.answer


def _take_in(row: FeedMessage, body: bytes) -> Refused | None:
    """Judge a message anew and keep what became of it; a refusal undoes whatever had been done for it."""
    attempts = row.attempts if row._state.adding else row.attempts + 1
    try:
        with transaction.atomic(using=db.INVENTORY):
            facts, refusal = _apply(row, body), None
    except Refused as error:
        facts, refusal = {"is_accepted": False, "code": error.code}, error
    for name, value in {**facts, "attempts": attempts}.items():
        setattr(row, name, value)
    row.save(using=db.INVENTORY)
    return refusal


def _apply(row: FeedMessage, body: bytes) -> dict[str, Any]:
    """Make the movements; what to keep of the message. Raises `Refused`."""
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused("invalid_json") from None
    message = rules.read(payload)
    row.sequence, row.movements = message.sequence, len(message.movements)
    feed = locking.feed(row.feed_id)
    _allow(feed, message)
    if message.sequence is not None:
        if feed.last_sequence is not None and message.sequence <= feed.last_sequence:
            raise Refused("out_of_order")
        feed.last_sequence = message.sequence
        feed.save(using=db.INVENTORY, update_fields=["last_sequence"])
    deltas = _deltas(feed, message, row)
    try:
        after = stock.move_many(deltas=deltas, by=f"feed:{feed.code}")
    except stock.DeltaRefused as error:
        raise Refused(error.code, error.position) from None
    return {
        "is_accepted": True,
        "code": "",
        "units_in": sum(delta.change for delta in deltas if delta.change > 0),
        "units_out": -sum(delta.change for delta in deltas if delta.change < 0),
        "answer": _answer(row.message_id, message.sequence, deltas, after),
    }


def _allow(feed: Feed, message: rules.Message) -> None:
    if not feed.is_active:
        raise Refused("feed_inactive")
    only = feed.location.code if feed.location else None
    for position, movement in enumerate(message.movements):
        if movement.reason not in feed.allowed_reasons:
            raise Refused("reason_not_allowed", position)
        if only is not None and movement.location != only:
            raise Refused("location_not_allowed", position)


def _deltas(feed: Feed, message: rules.Message, row: FeedMessage) -> list[stock.Delta]:
    """The movements with variants for SKUs and documents of the feed's own. Raises `Refused` ("unknown_sku")."""
    by_sku = stock_selectors.variants_of_skus({one.sku for one in message.movements if one.variant_id is None})
    by_id = stock_selectors.skus_of({one.variant_id for one in message.movements if one.variant_id is not None})
    deltas = []
    for position, one in enumerate(message.movements):
        variant_id = one.variant_id or by_sku.get(one.sku)
        if variant_id is None or (one.variant_id is not None and variant_id not in by_id):
            raise Refused("unknown_sku", position)
        deltas.append(
            stock.Delta(
                variant_id=variant_id,
                sku=by_id.get(variant_id, one.sku),
                location=one.location,
                change=one.change,
                kind=_KINDS.get(one.reason, stock.Kind.ADJUST),
                reason=one.reason,
                document=f"feed:{feed.code}/{one.document}" if one.document else f"feed-message:{row.pk}",
            )
        )
    return deltas


def _answer(message_id: str, sequence: int | None, deltas: Sequence[stock.Delta], after: Sequence[int]) -> str:
    movements = [
        {
            "variantId": str(delta.variant_id),
            "sku": delta.sku,
            "location": delta.location,
            "change": delta.change,
            "onHand": units,
        }
        for delta, units in zip(deltas, after, strict=True)
    ]
    return json.dumps({"id": message_id, "sequence": sequence, "movements": movements}, separators=(",", ":"))
