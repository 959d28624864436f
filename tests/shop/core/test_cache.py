"""What each process holds under a version."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest
from django.core.cache import cache as store

from shop.core import cache

ENTRY = cache.Entry("held-in-a-test", 60)


@pytest.fixture(autouse=True)
def clean() -> Iterator[None]:
    ENTRY.delete()
    yield
    ENTRY.delete()


def test_is_made_once_until_somebody_changes_it() -> None:
    made = count(1)
    held = cache.held(ENTRY)(lambda: next(made))

    assert [held(), held()] == [1, 1]
    ENTRY.delete()
    assert [held(), held()] == [2, 2]


def test_each_process_makes_its_own_under_the_version_of_all() -> None:
    made = count(1)
    one, other = (cache.held(ENTRY)(lambda: next(made)) for _process in range(2))

    assert [one(), other(), one(), other()] == [1, 2, 1, 2]
    ENTRY.delete()
    assert [one(), other(), one(), other()] == [3, 4, 3, 4]


def test_is_made_for_each_argument_and_old_ones_are_let_go() -> None:
    made: list[str] = []
    held = cache.held(ENTRY)(lambda language: made.append(language) or f"{language} {len(made)}")

    assert [held("de"), held("ar"), held("de"), held("ar")] == ["de 1", "ar 2", "de 1", "ar 2"]
    ENTRY.delete()
    assert [held("de"), held("de")] == ["de 3", "de 3"]


def test_what_changes_while_it_is_made_is_seen_the_next_time() -> None:
    words = ["old"]

    @cache.held(ENTRY)
    def held() -> str:
        read = words[0]
        if read == "old":  # it is changed after it was read here
            words[0] = "new"
            ENTRY.delete()
        return read

    assert [held(), held()] == ["old", "new"]


def test_without_a_cache_nothing_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "get", lambda *_asked: None)
    monkeypatch.setattr(store, "set", lambda *_asked: None)
    made = count(1)
    held = cache.held(ENTRY)(lambda: next(made))

    assert [held(), held()] == [1, 2]
