"""Words of any script: their order on paper, and a font for every sign."""

import pytest

from shop.core import pdf, scripts


@pytest.mark.parametrize("words", ["Łukasz Ångström", "Ελλάδα €", "Київ", "", "12,50 ½"])
def test_the_papers_own_font_draws_all_of_europe(words):
    assert scripts.runs(scripts.joined(words)) == ([(pdf.FONT, words)] if words else [])
    assert scripts.runs(scripts.joined(words), is_bold=True) == ([(pdf.BOLD, words)] if words else [])


def test_hebrew_runs_from_the_right_and_what_is_between_does_not():
    assert scripts.runs(scripts.joined("שלום Ada 12")) == [(pdf.FONT, "Ada 12 "), (scripts.OTHER, "םולש")]


def test_arabic_letters_are_joined_and_run_from_the_right():
    assert scripts.runs(scripts.joined("علي")) == [(scripts.OTHER, "ﻲﻠﻋ")]


def test_the_east_is_left_to_whoever_prints():
    found = scripts.runs(scripts.joined("東京カ서"))
    assert found == [(scripts.HAN, "東京"), (scripts.KANA, "カ"), (scripts.HANGUL, "서")]


@pytest.mark.parametrize("sign", ["\U000e0fff", "\ue000", "\U0001f9ff"])
def test_what_no_font_has_is_an_empty_box(sign):
    assert scripts.runs(f"a{sign}") == [(pdf.FONT, "a"), (scripts.OTHER, "□")]


def test_no_control_sign_reaches_the_paper():
    assert scripts.joined("a\x00b\u202ec\nd\u200f  e") == "abc d e"


def test_words_are_as_wide_as_their_runs():
    assert scripts.width("aא", 10) == pytest.approx(scripts.width("a", 10) + scripts.width("א", 10))
    assert scripts.width("", 10) == 0
