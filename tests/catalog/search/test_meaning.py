from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.search import rules
from catalog.search.meaning import Meaning, Term, Words, open_ended, understand, with_forms

WORDS = Words(
    groups=(
        (("laptop",), ("notebook",)),
        (("cell", "phone"), ("smartphone",)),
        (("ps4",), ("playstation", "4")),
    ),
    stop=frozenset({"for", "the", "who"}),
)
SYNONYMS = WORDS.by_form()


def meant(text: str) -> Meaning:
    return understand(text, WORDS, SYNONYMS)


def term(*forms: str) -> Term:
    return Term(tuple(tuple(form.split()) for form in forms))


def measure(form: str, typed: str) -> Term:
    return Term(((form,),), typed=tuple(typed.split()))


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("red lamp", [term("red"), term("lamp")]),
        ("Laptops for the office", [term("laptops", "notebook"), term("office")]),
        ("the who", [term("the"), term("who")]),  # only stop words: then they count
        ("cell phones case", [term("cell phones", "smartphone"), term("case")]),
        (
            "sony wh 1000 xm4",
            [term("sony wh 1000 xm4", "sonywh1000xm4", "sony wh1000xm4", "sony wh 1000xm4", "sonywh1000 xm4")],
        ),
        ("WH-1000XM4", [term("wh 1000xm4", "wh1000xm4")]),
        ("wi-fi", [term("wi fi", "wifi")]),
        ("play station 4", [term("play"), term("station"), term("4")]),
        ("playstation 4", [term("playstation 4", "playstation4", "ps4")]),
        ('17" monitor', [measure("17inch", '17"'), term("monitor")]),
        ("17 inch monitor", [measure("17inch", "17 inch"), term("monitor")]),
        ("500 GB ssd", [measure("500gb", "500 gb"), term("ssd")]),
        ("500gb ssd", [measure("500gb", "500gb"), term("ssd")]),
        ("3 m hose", [measure("3m", "3 m"), term("hose")]),
        ("x 5g", [term("x 5g", "x5g")]),
        ("10 pack", [term("10 pack", "10pack")]),
        ("tvs", [term("tvs", "tv")]),
        ("wireless mice", [term("wireless"), term("mice", "mouse")]),
        ("men's shoes", [term("men", "man"), term("shoes")]),
        ("o’reilly's books", [term("oreilly", "o reilly"), term("books")]),
        ("o'reilly-books", [term("oreilly", "o reilly"), term("books")]),
        ("17'' monitor", [measure("17inch", "17''"), term("monitor")]),
        ("17” monitor", [measure("17inch", '17"'), term("monitor")]),
        ("", []),
        ("?! 🎧", []),
    ],
)
def test_terms(text: str, terms: list[Term]) -> None:
    assert list(meant(text).terms) == terms


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"desk lamp" red', Meaning((term("red"),), phrases=(("desk", "lamp"),))),
        ("“desk lamp” red", Meaning((term("red"),), phrases=(("desk", "lamp"),))),
        ("„desk lamp“ «floor lamp»", Meaning(phrases=(("desk", "lamp"), ("floor", "lamp")))),
        ("« desk lamp » -“red”", Meaning(phrases=(("desk", "lamp"),), without=(("red",),))),
        ("lamp -red", Meaning((term("lamp"),), without=(("red",),))),
        ('lamp -"desk lamp"', Meaning((term("lamp"),), without=(("desk", "lamp"),))),
        ("lamp - red", Meaning((term("lamp"), term("red")))),
        ('""', Meaning()),
        ('lamp "', Meaning((term("lamp"),))),
        ("-", Meaning()),
        ("--lamp", Meaning((term("lamp"),))),
    ],
)
def test_phrases_and_exclusions(text: str, expected: Meaning) -> None:
    assert meant(text) == expected


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("WH-1000 XM4", ("wh1000xm4", "wh1000")),
        ("0123-456", ("0123456",)),
        ("lamp", ()),
        ("x1", ()),
    ],
)
def test_codes(text: str, codes: tuple[str, ...]) -> None:
    assert meant(text).codes == codes


def test_a_spelling_stands_beside_the_one_typed() -> None:
    assert with_forms(meant("red lapm"), {"lapm": "lamp"}).terms == (term("red"), term("lapm", "lamp"))


def test_the_last_word_is_a_beginning_if_nobody_knows_it() -> None:
    known = {"red"}.__contains__

    assert open_ended(meant("red hea"), known).terms == (term("red"), Term((("hea",),), is_prefix=True))
    assert open_ended(meant("hea red"), known).terms == (term("hea"), term("red"))
    assert open_ended(meant("red h"), known).terms == (term("red"), term("h"))


def test_words_and_forms_are_limited() -> None:
    meaning = meant(" ".join(f"word{n}x" for n in range(1000)))

    assert len(meaning.words) == rules.MAX_WORDS
    assert len(meaning.codes) <= rules.MAX_WORDS


@given(st.text(max_size=500))
def test_whatever_is_typed_becomes_plain_words(text: str) -> None:
    meaning = meant(text)

    everything = [*meaning.phrases, *meaning.without, *(form for one in meaning.terms for form in one.forms)]
    assert all(form and all(word.isalnum() for word in form) for form in everything)
    assert all(code.isalnum() and 4 <= len(code) <= 120 for code in meaning.codes)
