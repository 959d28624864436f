from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.recommendations import seen

ids = st.integers(0, 2**128 - 1).map(lambda number: UUID(int=number))


@settings(deadline=None)
@given(st.lists(ids, max_size=30))
def test_what_is_written_is_read(products: list[UUID]) -> None:
    cookie = seen.write(products)

    assert seen.read(cookie) == products[: seen.KEPT]
    assert len(cookie) <= 22 * seen.KEPT
    assert cookie.replace("-", "").replace("_", "").isalnum() or not cookie


@settings(deadline=None)
@given(st.text(max_size=2000))
def test_nothing_that_is_sent_does_harm(cookie: str) -> None:
    assert len(seen.read(cookie)) <= seen.KEPT


@pytest.mark.parametrize("cookie", ["", "x", "é" * 20, "A" * 21, "A" * 5000, "====", "AAAA AAAA", "\x00" * 22])
def test_a_cookie_of_somebody_else_says_nothing(cookie: str) -> None:
    assert seen.read(cookie) == []


def test_the_latest_stands_first_and_once() -> None:
    one, two, three = (UUID(int=number) for number in (1, 2, 3))

    assert seen.with_latest(two, [one, two, three]) == [two, one, three]
    assert len(seen.with_latest(one, [UUID(int=n) for n in range(2, 40)])) == seen.KEPT
