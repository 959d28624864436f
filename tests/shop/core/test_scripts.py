"""Words of any script: their order on paper, a font for every sign, and lines that have room."""

import pytest

from shop.core import scripts

MIXED = "Ada שלום 東京 علي"


@pytest.mark.parametrize("words", ["Łukasz Ångström", "Ελλάδα €", "Київ", "", "12,50 ½"])
def test_the_papers_own_font_draws_all_of_europe(words):
    assert scripts.is_own(words)
    assert scripts.runs(scripts.joined(words)) == ([(scripts.FONT, words)] if words else [])
    assert scripts.runs(scripts.joined(words), is_bold=True) == ([(scripts.BOLD, words)] if words else [])


def test_hebrew_runs_from_the_right_and_what_is_between_does_not():
    assert scripts.runs(scripts.joined("שלום Ada 12")) == [(scripts.FONT, "Ada 12 "), (scripts.OTHER, "םולש")]


def test_a_line_in_the_middle_runs_as_the_text_that_it_is_of():
    assert scripts.runs("Ada שלום", base="R") == [(scripts.OTHER, "םולש"), (scripts.FONT, " Ada")]
    assert scripts.runs("Ada שלום") == [(scripts.FONT, "Ada "), (scripts.OTHER, "םולש")]
    assert [scripts.direction(line) for line in ("12 שלום Ada", "12 علي", "Ada שלום", "12", "東京")] == list("RRLLL")


def test_brackets_are_turned_where_words_run_from_the_right():
    assert "".join(piece for _font, piece in scripts.runs("(שלום) רב")) == "בר (םולש)"


def test_arabic_letters_are_joined_and_run_from_the_right():
    assert scripts.runs(scripts.joined("علي")) == [(scripts.OTHER, "ﻲﻠﻋ")]


def test_what_keeps_persian_letters_apart_is_heard_and_not_drawn():
    assert scripts.joined("می\u200cخواهم").startswith("ﻣﯽﺧ")  # the second one ends a word, the third begins one
    assert scripts.joined("میخواهم").startswith("ﻣﯿﺨ")
    assert scripts.joined("a\u200cb") == "ab"


@pytest.mark.parametrize("words", ["東京都千代田区", "カタカナ", "서울특별시", "简体中文，臺灣", "（株）"])
def test_the_east_has_a_font_of_its_own(words):
    assert scripts.runs(scripts.joined(words)) == [(scripts.EAST, words)]


@pytest.mark.parametrize("sign", ["\U000e0fff", "\ue000", "\U0001f9ff", "ก"])
def test_what_no_font_has_is_an_empty_box(sign):
    assert scripts.runs(f"a{sign}") == [(scripts.FONT, "a"), (scripts.OTHER, "□")]


def test_no_control_sign_reaches_the_paper():
    assert scripts.joined("a\x00b\u202ec\nd\u200f  e") == "abc d e"


def test_words_are_as_wide_as_their_runs():
    assert scripts.width("aא", 10) == pytest.approx(scripts.width("a", 10) + scripts.width("א", 10))
    assert scripts.width("", 10) == 0


def test_lines_hold_all_words_and_none_is_too_long():
    found = scripts.lines(f"{MIXED} {MIXED}", 60, 9)
    assert " ".join(found) == scripts.joined(f"{MIXED} {MIXED}")
    assert len(found) > 1
    assert [line for line in found if scripts.width(line, 9) > 60] == []


def test_words_without_spaces_are_broken_where_the_line_ends():
    found = scripts.lines("東京都千代田区霞が関" * 4, 60, 9)
    assert "".join(found) == "東京都千代田区霞が関" * 4
    assert {len(line) for line in found[:-1]} == {6}  # signs as wide as they are high


def test_what_is_cut_says_so():
    assert scripts.cut("one two", 1000, 9) == "one two"
    assert scripts.cut("one two three four", 42, 9) == "one two…"
    assert scripts.cut("東京都千代田区", 40, 9) == "東京都…"


def test_a_line_that_has_no_room_at_all_still_ends():
    assert "".join(scripts.lines("abc def", 0.01, 9)) == "abcdef"


@pytest.mark.parametrize("sign", ["\ufdef", "\u0590", "\U0001fae9", "\U0010ffff"])
def test_a_sign_that_unicode_did_not_have_yet_stands_among_words_from_the_right(sign):
    """Somebody's gift message must not keep papers from being drawn."""
    drawn = [(scripts.OTHER, "□"), (scripts.FONT, " "), (scripts.OTHER, "בא")]
    assert scripts.runs(scripts.joined(f"אב {sign}")) == drawn


def test_lines_that_were_typed_stay_apart_and_so_do_empty_ones_between_them():
    found = scripts.lines("\nHappy birthday!\n\nYours, Jane and all the others\n", 90, 9)
    assert found == ["Happy birthday!", "", "Yours, Jane and all", "the others"]
    assert scripts.lines(" \n\u200b\n", 100, 9) == []
