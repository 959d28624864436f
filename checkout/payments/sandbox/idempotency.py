"""Idempotency keys as Stripe keeps them: the first answer, whatever it was, is the answer."""

import hashlib
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from checkout.payments.sandbox import wire
from checkout.payments.sandbox.store import Store

KEPT = 86_400  # seconds
_running: set[tuple[int, str]] = set()
_lock = threading.Lock()


def fingerprint(request: wire.Request) -> str:
    """What must be the same when a key comes again."""
    return hashlib.sha256(b"\n".join((request.method.encode(), request.path.encode(), request.body))).hexdigest()


@contextmanager
def alone(store: Store, key: str) -> Iterator[None]:
    """Refuse a twin of a request that is still running."""
    mark = (id(store), key)
    with _lock:
        if mark in _running:
            message = f"There is currently another in-progress request using this Idempotency Key ({key})."
            raise wire.ApiError(409, message, type="idempotency_error", code="idempotency_key_in_use", stored=False)
        _running.add(mark)
    try:
        yield
    finally:
        with _lock:
            _running.discard(mark)


def remembered(store: Store, key: str, print_: str) -> wire.Response | None:
    """The answer this key has had; 400 if it was for another request."""
    if not 0 < len(key) <= 255:
        raise wire.invalid("Idempotency keys are 1 to 255 characters long.", "Idempotency-Key")
    store.rows("DELETE FROM answers WHERE at < ?", time.time() - KEPT)
    found = store.rows("SELECT fingerprint, status, body FROM answers WHERE key = ?", key)
    if not found:
        return None
    first, status, body = found[0]
    if first != print_:
        message = (
            "Keys for idempotent requests can only be used with the same parameters they were first used with."
            f" Try using a key other than '{key}' if you meant to execute a different request."
        )
        raise wire.ApiError(400, message, type="idempotency_error", stored=False)
    return wire.Response(status, body.encode(), headers={"Idempotent-Replayed": "true"})


def remember(store: Store, key: str, print_: str, response: wire.Response) -> None:
    store.rows(
        "INSERT INTO answers (key, fingerprint, status, body, at) VALUES (?, ?, ?, ?, ?)",
        key,
        print_,
        response.status,
        response.body.decode(),
        time.time(),
    )
