"""Answers to what a product asks: which are taken, what they cost, and which are the same."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.customizations import rules
from catalog.customizations.rules import Customization, Field, Problem

ENGRAVING = Field("engraving", "Engraving", max_length=5, price_minor=500, is_final_sale=True)
THREAD = Field("thread", "Thread", kind=rules.CHOICE, choices=("Gold", "Silver"), is_required=True)
BOX = Field("box", "Gift box", kind=rules.BOOLEAN, price_minor=250)
FIELDS = (ENGRAVING, THREAD, BOX)


def test_answers_are_kept_in_the_order_of_the_fields_with_name_and_price():
    found = rules.answers(FIELDS, {"box": "on", "thread": "Gold", "engraving": "  Ada \u00a0 L "})
    assert found.problems == {}
    assert found.customizations == (
        Customization("engraving", "Engraving", "Ada L", 500, True),
        Customization("thread", "Thread", "Gold"),
        Customization("box", "Gift box", True, 250),
    )
    assert (found.price_minor, found.values) == (750, {"engraving": "Ada L", "thread": "Gold", "box": True})
    assert [one.text for one in found.customizations] == ["Engraving: Ada L", "Thread: Gold", "Gift box"]


def test_what_is_left_empty_is_no_answer_and_costs_nothing():
    found = rules.answers(FIELDS, {"engraving": "  ", "thread": "Silver", "box": "off"})
    assert (found.values, found.price_minor) == ({"thread": "Silver"}, 0)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"thread": "Gold", "engraving": "Babbage"}, {"engraving": Problem.TOO_LONG}),
        ({"thread": "Gold", "engraving": "A\nB"}, {"engraving": Problem.BAD_CHARACTERS}),
        ({"thread": "Gold", "engraving": "A\x00"}, {"engraving": Problem.BAD_CHARACTERS}),
        ({"thread": "Gold", "engraving": "A\u202eB"}, {"engraving": Problem.BAD_CHARACTERS}),
        ({"thread": "Gold", "engraving": ["Ada"]}, {"engraving": Problem.BAD_CHARACTERS}),
        ({"thread": "gold"}, {"thread": Problem.BAD_CHOICE}),
        ({"thread": {"Gold": 1}}, {"thread": Problem.BAD_CHOICE}),
        ({"thread": "Gold", "box": "perhaps"}, {"box": Problem.BAD_CHOICE}),
        ({}, {"thread": Problem.REQUIRED}),
        ({"thread": ""}, {"thread": Problem.REQUIRED}),
        ({"thread": "Gold", "colour": "red"}, {"colour": Problem.UNKNOWN}),
    ],
)
def test_what_is_wrong_is_said_by_code(given, problem):
    assert rules.answers(FIELDS, given).problems == problem


def test_empty_answers_to_what_is_not_asked_any_more_are_nothing():
    assert rules.answers(FIELDS, {"thread": "Gold", "gone": "", "old": None}).problems == {}


def test_a_yes_that_is_required_must_be_yes():
    consent = Field("made-to-order", "I know that it is made for me", kind=rules.BOOLEAN, is_required=True)
    assert rules.answers([consent], {"made-to-order": "off"}).problems == {"made-to-order": Problem.REQUIRED}
    assert rules.answers([consent], {"made-to-order": True}).values == {"made-to-order": True}


def test_families_of_signs_and_persian_words_keep_their_joiners():
    for text in ("👩\u200d🚀", "می\u200cم"):
        assert rules.answers([ENGRAVING], {"engraving": text}).values == {"engraving": text}


@given(st.text(max_size=40))
def test_a_text_that_is_taken_is_one_printable_line_and_taken_again_as_it_is(text):
    field = Field("note", "Note", max_length=20)
    found = rules.answers([field], {"note": text})
    kept = found.values.get("note", "")
    assert len(kept) <= 20
    assert unicodedata.is_normalized("NFC", kept)
    assert all(unicodedata.category(sign)[0] != "C" or sign in "\u200c\u200d" for sign in kept)
    assert rules.answers([field], {"note": kept}).values == found.values


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Happy\r\n birthday,\tBob ", "Happy\nbirthday, Bob"),
        ("a\rb\u2028c\n", "a\nb\nc"),
        ("\n\na\n\n\n\n b\n", "a\n\nb"),
        ("a" * 500, "a" * 500),
    ],
)
def test_a_message_keeps_its_lines(typed, kept):
    asked = [Field("message", "Message", rules.LONG, max_length=500)]
    assert rules.answers(asked, {"message": typed}).values == {"message": kept}
    assert rules.answers(asked, {"message": kept}).values == {"message": kept}


@pytest.mark.parametrize("typed", ["a\x00b", "a\x1bb", "a\u202eb"])
def test_a_message_has_no_other_signs_that_nobody_sees(typed):
    asked = [Field("message", "Message", rules.LONG, max_length=500)]
    assert rules.answers(asked, {"message": typed}).problems == {"message": Problem.BAD_CHARACTERS}


def test_what_is_told_has_lines_only_where_somebody_wrote_some():
    assert rules.in_lines(["Moss", "Engraving: Ada"]) == "Moss · Engraving: Ada"
    assert rules.in_lines(["Moss", "Message: Dear\nAda"]) == "Moss\nMessage: Dear\nAda"
    assert rules.in_one(["Moss", "Message: Dear\nAda"]) == "Moss · Message: Dear Ada"


VALUES = st.dictionaries(st.sampled_from("abcd"), st.one_of(st.just(True), st.text(min_size=1, max_size=5)), max_size=4)


@given(VALUES, VALUES)
def test_lines_are_one_line_if_and_only_if_their_answers_are_the_same(one, other):
    assert (rules.key(one) == rules.key(other)) == (one == other)
    assert rules.key(dict(reversed(one.items()))) == rules.key(one)
    assert len(rules.key(one)) == (64 if one else 0)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.booleans()), max_size=8))
def test_the_price_is_the_sum_of_what_is_answered(rows):
    fields = [Field(f"f{n}", f"F{n}", price_minor=price) for n, (price, _is_answered) in enumerate(rows)]
    given = {f"f{n}": "x" for n, (_price, is_answered) in enumerate(rows) if is_answered}
    assert rules.answers(fields, given).price_minor == sum(price for price, is_answered in rows if is_answered)
