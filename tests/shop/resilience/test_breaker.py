"""The circuit breaker: opens, tries again, and stays shared and quiet."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django_redis import get_redis_connection
from redis.exceptions import ConnectionError as RedisDown

from shop.resilience import breaker

DOWN = (ConnectionError,)
NAME = "test"


def fail() -> None:
    raise ConnectionError("no answer")


def test_it_returns_and_raises_what_the_function_does() -> None:
    assert breaker.call(NAME, DOWN, lambda: 7) == 7
    with pytest.raises(KeyError):
        breaker.call(NAME, DOWN, lambda: {}["missing"])


def open_circuit(name: str = NAME) -> None:
    for _ in range(breaker.FAILURES):
        with pytest.raises(ConnectionError):
            breaker.call(name, DOWN, fail)


def test_after_failures_in_a_row_nothing_is_called() -> None:
    open_circuit()
    called = []
    with pytest.raises(breaker.Open):
        breaker.call(NAME, DOWN, lambda: called.append(1))
    assert (called, breaker.state(NAME)) == ([], "open")


def test_answers_that_are_refusals_do_not_open_it() -> None:
    for _ in range(3 * breaker.FAILURES):
        with pytest.raises(ValueError, match="declined"):
            breaker.call(NAME, DOWN, lambda: int("declined"))
    assert breaker.state(NAME) == "closed"


def test_a_success_forgets_the_failures_before_it() -> None:
    for _ in range(3):
        for _ in range(breaker.FAILURES - 1):
            with pytest.raises(ConnectionError):
                breaker.call(NAME, DOWN, fail)
        breaker.call(NAME, DOWN, lambda: None)
    assert breaker.state(NAME) == "closed"


def test_all_threads_share_it() -> None:
    open_circuit()

    def elsewhere() -> str:
        try:
            breaker.call(NAME, DOWN, lambda: None)
        except breaker.Open:
            return "open"
        return "closed"

    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(elsewhere).result() == "open"


def test_after_the_pause_one_success_closes_it() -> None:
    open_circuit()
    shared = breaker._breaker(NAME, DOWN)._state_storage
    key = shared._namespace("opened_at")
    redis = get_redis_connection("default")
    redis.set(key, int(redis.get(key)) - breaker.PAUSE - 1)
    assert breaker.call(NAME, DOWN, lambda: 7) == 7
    assert breaker.state(NAME) == "closed"


def test_without_redis_calls_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(alias: str) -> object:
        raise RedisDown("gone")

    monkeypatch.setattr(breaker, "get_redis_connection", gone)
    assert breaker.call("test-without-redis", DOWN, lambda: 7) == 7
    open_circuit("test-without-redis")
    with pytest.raises(breaker.Open):
        breaker.call("test-without-redis", DOWN, lambda: None)
    breaker._local.breakers.clear()
