"""A rebuild by several processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from catalog.search import indexing, tasks, vocabulary
from catalog.search.models import Lexeme, Listing, Word
from shop.core import db
from tests.factories import catalog


@pytest.fixture
def pooled(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A pool of connections, as the shop has and tests have not: its connections cannot be shared by processes."""
    connection = connections[db.CATALOG]
    connection.close()
    with monkeypatch.context() as patch:
        patch.setitem(connection.settings_dict["OPTIONS"], "pool", {"min_size": 2, "max_size": 4, "timeout": 10})
        yield
        connection.close()
        connection.close_pool()


def test_several_processes_list_what_one_does(pooled: None, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        catalog.product(name=f"Lamp {number}", indexed=False)
    catalog.product(name="Not sold yet", status="draft", indexed=False)
    monkeypatch.setattr(indexing, "BATCH", 2)
    told: list[tuple[int, int]] = []

    assert indexing.rebuild(lambda done, of: told.append((done, of)), processes=2) == 7
    several = _all()
    assert indexing.rebuild() == 7

    assert told == [(2, 7), (4, 7), (6, 7), (7, 7)]
    assert several == _all()
    assert [name for name, *_ in several[0]] == [f"Lamp {number}" for number in range(7)]


@pytest.mark.django_db
@pytest.mark.parametrize("processes", ["0", "33", "-1"])
def test_a_number_of_processes_that_makes_no_sense_is_refused(processes: str) -> None:
    with pytest.raises(CommandError, match="--processes is from 1 to 32"):
        call_command("rebuild_search_index", processes=int(processes))


@pytest.mark.django_db
def test_words_are_counted_again_once_there_are_noticeably_more_products() -> None:
    done = []
    for number in range(12):
        catalog.product(name=f"Lamp {number}")
        done.append(vocabulary.recount_if_grown())

    assert done == [True] * 10 + [False, True]  # one more than ten is not more than a tenth
    assert Word.objects.get(word="lamp").count == 12
    assert Lexeme.objects.get(lexeme="lamp").listings == 12


@pytest.mark.django_db
def test_the_night_counts_the_words() -> None:
    catalog.product(name="Lamp")
    catalog.product(name="Lamp on a desk")
    tasks.repair()

    assert Word.objects.get(word="lamp").count == 2


def _all() -> tuple[list[tuple[object, ...]], list[tuple[str, int]], list[tuple[str, int]]]:
    return (
        list(Listing.objects.order_by("name").values_list("name", "document", "title", "card", "texts")),
        list(Word.objects.order_by("word").values_list("word", "count")),
        list(Lexeme.objects.order_by("lexeme").values_list("lexeme", "listings")),
    )
