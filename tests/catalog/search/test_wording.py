"""What queries are taken to mean, by the merchant's words and the catalogue's."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.search import indexing, spelling, wording
from catalog.search.meaning import Term
from catalog.search.models import Ranking, StopWord, Synonym
from catalog.search.query import Query
from catalog.search.wording import Asked, Weights
from tests.factories import catalog

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf() -> None:
    for number in range(spelling.MUCH):
        catalog.product(name=f"Notebook {number}")
    catalog.product(name="Notebok stand", description="with a zipper")
    for number in range(spelling.FEW):
        catalog.product(name=f"Stand {number}")
    indexing.rebuild()


def asked(text: str, **more: Any) -> Asked:
    return wording.understood(Query(text=text, **more))


def test_synonyms_and_stop_words_are_the_merchants(shelf: None) -> None:
    Synonym.objects.create(words="Stand, Riser, lap desk")
    Synonym.objects.create(words="stand, easel", is_active=False)
    StopWord.objects.create(word="Cheap")
    wording.forget()

    meaning = asked("cheap stands").meaning

    assert meaning.terms == (Term((("stands",), ("riser",), ("lap", "desk"))),)


def test_words_that_nobody_uses_are_corrected(shelf: None) -> None:
    found = asked("notebuk stand")

    assert found.corrected_to == "notebook stand"
    assert [term.words for term in found.meaning.terms] == [("notebook",), ("stand",)]
    assert found.suggestion is None


def test_words_that_few_use_are_looked_for_beside_what_is_meant(shelf: None) -> None:
    found = asked("notebok")

    assert (found.suggestion, found.corrected_to) == ("notebook", None)
    assert found.meaning.terms == (Term((("notebok",), ("notebook",))),)


def test_a_short_stem_is_no_reason_to_believe_a_word(shelf: None) -> None:
    for number in range(spelling.MUCH):
        catalog.product(name=f"Gaming chair {number}", description="for zipping and unzipping")
        catalog.product(name=f"GMA {number}")
    catalog.product(name="Zip")
    indexing.rebuild()

    assert asked("gmaing").corrected_to == "gaming"
    assert asked("zips").corrected_to is None
    assert asked("zipping").corrected_to is None


def test_words_of_a_synonym_are_no_mistakes(shelf: None) -> None:
    catalog.product(name="Teapot")
    indexing.rebuild()
    Synonym.objects.create(words="notebuk, teapot")
    wording.forget()

    found = asked("notebuk")

    assert (found.corrected_to, found.meaning.terms) == (None, (Term((("notebuk",), ("teapot",))),))


def test_two_words_typed_as_one_are_taken_apart(shelf: None) -> None:
    found = asked("notebookstand")

    assert found.corrected_to == "notebook stand"
    assert [term.words for term in found.meaning.terms] == [("notebook",), ("stand",)]


def test_a_mistake_of_one_letter_is_likelier_than_two_words_typed_as_one(shelf: None) -> None:
    for _number in range(spelling.FEW):
        catalog.product(name="Notebookstands for a notes book")
    indexing.rebuild()

    assert asked("notebookstandz").corrected_to == "notebookstands"


def test_one_word_typed_as_two_is_looked_for_as_one_as_well(shelf: None) -> None:
    found = asked("note book stand")

    assert (found.suggestion, found.corrected_to) == (None, None)
    assert found.meaning.terms == (Term((("note", "book"), ("notebook",))), Term((("stand",),)))


def test_words_of_a_description_are_no_mistakes(shelf: None) -> None:
    catalog.product(name="Zapper")

    found = asked("zipper")

    assert (found.suggestion, found.corrected_to) == (None, None)


def test_words_are_taken_as_typed_where_that_is_asked_for(shelf: None) -> None:
    found = asked("notebuk", is_exact=True)

    assert found.meaning.terms == (Term((("notebuk",),)),)
    assert (found.suggestion, found.corrected_to) == (None, None)


def test_a_last_word_that_nobody_knows_may_go_on(shelf: None) -> None:
    assert asked("stand noteb").meaning.terms == (Term((("stand",),)), Term((("noteb",),), is_prefix=True))


def test_a_last_word_is_a_mistake_if_what_begins_so_is_much_rarer(shelf: None) -> None:
    catalog.product(name="Notbookish")
    catalog.product(name="Standing")
    indexing.rebuild()

    assert asked("notbook").corrected_to == "notebook"
    assert asked("standi").corrected_to is None


@pytest.mark.parametrize("text", ["women's stand", "womens stand", "mother's stand", "men stand"])
def test_common_words_are_neither_mistakes_nor_corrections(shelf: None, text: str) -> None:
    catalog.product(name="Wmn ment")
    catalog.product(name="Other")
    indexing.rebuild()

    assert (asked(text).suggestion, asked(text).corrected_to) == (None, None)


def test_what_stands_beside_a_letter_is_no_mistake_unless_it_is_a_word_here(shelf: None) -> None:
    assert asked("s notebuk").corrected_to is None
    for number in range(spelling.FEW):
        catalog.product(name=f"Notebook S {number}")
    indexing.rebuild()

    assert asked("s notebuk").corrected_to == "s notebook"


def test_weights_are_data() -> None:
    assert wording.weights() == Weights()
    Ranking.objects.create(name=5, popularity=0)
    wording.forget()

    assert wording.weights() == Weights(name=5.0, popularity=0.0)


def test_understanding_takes_few_queries(shelf: None, counting: Any) -> None:
    asked("stand")  # now the merchant's words are in the cache
    counts = []
    for text in ("stand", "notebuk stand", " ".join(["notebuk", "standd", "zwischen", "stonds"] * 3)):
        with counting() as queries:
            asked(text)
        counts.append(queries())

    assert counts == [2, 7, 7]
