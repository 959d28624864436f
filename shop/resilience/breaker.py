"""A circuit breaker per outside system, its state shared by all processes through Redis.

After `FAILURES` failures in a row the circuit opens: calls are refused at once for `PAUSE` seconds, then one is let
through to try. Without Redis each process keeps its own count: a dead cache must not stop payments.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import pybreaker
import structlog
from django.conf import settings
from django_redis import get_redis_connection
from redis.exceptions import RedisError

log = structlog.get_logger("shop.resilience")

R = TypeVar("R")

FAILURES = 5
PAUSE = 20  # seconds


class Open(Exception):
    """The circuit is open: the call was not made. Try again in some seconds."""


# pybreaker holds a lock of the breaker while it calls: one breaker for all threads would let only one of them talk to
# the outside at a time. So each thread has its own, and Redis holds what they share.
_local = threading.local()


def call(name: str, down: tuple[type[Exception], ...], function: Callable[[], R]) -> R:
    """`function()` through the circuit `name`; exceptions of the types `down` count as failures, others as answers.

    Raises `Open` when the circuit is open, and whatever the function raises.
    """
    try:
        result: R = _breaker(name, down).call(function)
    except pybreaker.CircuitBreakerError as error:
        raise Open(name) from error
    return result


def state(name: str) -> str:
    """ "closed", "open" or "half-open", for health and metrics."""
    return str(_breaker(name, (Exception,)).current_state)


def refuses(name: str) -> bool:
    """Whether a call would be refused now: the circuit is open and its pause is not over. Nothing is called."""
    circuit = _breaker(name, (Exception,))
    if circuit.current_state != pybreaker.STATE_OPEN:
        return False
    opened_at = circuit._state_storage.opened_at
    return opened_at is not None and time.time() < opened_at.timestamp() + PAUSE


def reset(name: str) -> None:
    """Close the circuit, as after a repair."""
    _breaker(name, (Exception,)).close()


def _breaker(name: str, down: tuple[type[Exception], ...]) -> pybreaker.CircuitBreaker:
    made: dict[Any, pybreaker.CircuitBreaker] = _local.__dict__.setdefault("breakers", {})
    breaker = made.get((name, down))
    if breaker is None:
        storage = _storage(name)
        breaker = pybreaker.CircuitBreaker(
            fail_max=FAILURES,
            reset_timeout=PAUSE,
            exclude=[lambda error: not isinstance(error, down)],
            listeners=[_Log()],
            state_storage=storage,
            name=name,
            throw_new_error_on_trip=False,
        )
        made[name, down] = breaker
    return breaker


def _storage(name: str) -> pybreaker.CircuitBreakerStorage:
    prefix = settings.CACHES["default"]["KEY_PREFIX"]
    try:
        return pybreaker.CircuitRedisStorage(
            pybreaker.STATE_CLOSED, get_redis_connection("default"), namespace=f"{prefix}:breaker:{name}"
        )
    except RedisError:
        return pybreaker.CircuitMemoryStorage(pybreaker.STATE_CLOSED)


class _Log(pybreaker.CircuitBreakerListener):
    def state_change(self, cb: Any, old_state: Any, new_state: Any) -> None:
        log.warning("circuit changed", circuit=cb.name, state=new_state.name)
