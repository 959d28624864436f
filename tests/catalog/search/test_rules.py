from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.search import rules


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Café", "cafe"), ("BØGH", "bogh"), ("Straße", "strasse"), ("Łódź", "lodz"), ("Þór", "thor"), ("ﬁne", "fine")],
)
def test_fold(text: str, expected: str) -> None:
    assert rules.fold(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Wi-Fi 6E", ["wi", "fi", "6e"]),
        ("  a_b\x00c ", ["a", "b", "c"]),
        ("🎧 ?!", []),
        ("Men's shoes", ["men", "shoes"]),
        ("women’s WOMENʼS", ["women", "women"]),
        ("O'Reilly's boys' band", ["oreilly", "boys", "band"]),
        ("rock'n'roll of the 90's", ["rocknroll", "of", "the", "90s"]),
        ("4'x6' 'n' 17''", ["4", "x6", "n", "17"]),
        ("x" * 100, ["x" * 60]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert rules.words(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sony WH-1000XM4", "sony wh 1000xm4 wh1000xm4 1000"),
        ('TV 43.2 cm (17")', "tv 43 2 cm 17 43p2cm 17inch"),
        ("a 1,50 kg bag", "a 1 50 kg bag 1p5kg"),
        ("17-in screen", "17 in screen 17in 17inch"),
        ("Wi-Fi router", "wi fi router wifi"),
        ("2020-10-01", "2020 10 01"),
        ("two mice", "two mice mouse"),
        ("Women's boots", "women boots woman"),
        ("L’Oréal-set", "loreal set lorealset l oreal"),
        ("", ""),
    ],
)
def test_indexed(text: str, expected: str) -> None:
    assert rules.indexed(text) == expected


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("PS 4 console", "ps 4 console ps4"),
        ("Case, 4 pieces", "case 4 pieces 4pieces"),
        ("Canon EOS 90 D", "canon eos 90 d eos90 eos90d 90d canoneos90"),
    ],
)
def test_neighbours_in_a_title_are_joined(title: str, expected: str) -> None:
    assert set(rules.indexed(title, is_title=True).split()) == set(expected.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('17"', ["17inch"]),
        ("17'' or 5’’, 4″ 6”", ["17inch", "5inch", "4inch", "6inch"]),
        ("17 inches", ["17inch"]),
        ("17in", ["17inch"]),
        ("in 17 stores", []),
        ("17 in a row", []),
        ("1.50kg", ["1p5kg"]),
        ("256GB", ["256gb"]),
        ("2.4 GHz 500 mAh", ["2p4ghz", "500mah"]),
        ("v1.2 cm", []),
        ('1/2 inch, 1½" and 3-1/4"', ["0p5inch", "1p5inch", "3p25inch"]),
        ("1/0 inch", ["1inch"]),
        ("2020/10/12 m", []),
        ("3 litres", ["3l"]),
    ],
)
def test_measures(text: str, expected: list[str]) -> None:
    assert rules.measures(text) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("batteries", "battery"),
        ("mice", "mouse"),
        ("mens", "man"),
        ("boxes", "box"),
        ("glasses", "glass"),
        ("glass", "glass"),
        ("bus", "bus"),
        ("lamps", "lamp"),
        ("tvs", "tv"),
        ("ps4", "ps4"),
    ],
)
def test_singular(word: str, expected: str) -> None:
    assert rules.singular(word) == expected


@pytest.mark.parametrize(
    ("terms", "start", "expected"),
    [
        (["wh", "1000", "xm4"], 0, 3),
        (["sony", "wh", "1000", "xm4"], 1, 4),
        (["red", "lamp"], 0, 1),
        (["headphones", "4"], 0, 1),
        (["ps", "4", "games"], 0, 3),
    ],
)
def test_model_run(terms: list[str], start: int, expected: int) -> None:
    assert rules.model_run(terms, start) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("lamp", "lamp", 0),
        ("lapm", "lamp", 1),
        ("lmp", "lamp", 1),
        ("lamb", "lamp", 1),
        ("abc", "xyz", 3),
        ("a", "abcde", 3),
    ],
)
def test_distance(one: str, other: str, expected: int) -> None:
    assert rules.distance(one, other) == expected


@pytest.mark.parametrize(
    ("word", "candidates", "expected"),
    [
        ("hedphones", [("headphones", 9), ("telephones", 99)], "headphones"),
        ("lapm", [("lamp", 1), ("lap", 50)], "lap"),  # as many edits: the more used
        ("bamp", [("lamp", 50), ("bump", 5)], "bump"),  # people know how a word begins
        ("notebuk", [("notebok", 1), ("notebook", 20)], "notebook"),
        ("notebuk", [("notebok", 2), ("notebook", 20)], "notebok"),
        ("tv", [("tb", 5)], None),
        ("ab", [("abc", 5)], None),
        ("lamp", [("lamp", 5)], None),
        ("cats", [("dogs", 5)], None),
    ],
)
def test_best_correction(word: str, candidates: list[tuple[str, int]], expected: str | None) -> None:
    assert rules.best_correction(word, candidates) == expected


@given(st.text(max_size=300))
def test_what_is_indexed_has_letters_and_digits_only(text: str) -> None:
    for is_title in (True, False):
        found = rules.indexed(text, is_title=is_title)

        assert all(word.isalnum() and word == rules.fold(word) for word in found.split())
        assert found.split()[: len(rules.words(text))] == rules.words(text)


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert rules.fold(rules.fold(text)) == rules.fold(text)


@given(
    st.from_regex(re.compile(r"[a-z]{1,4}[0-9]{2,4}[a-z]{0,2}"), fullmatch=True),
    st.sampled_from(["", " ", "-", "/", "."]),
)
def test_a_code_is_the_same_however_it_is_broken_up(code: str, gap: str) -> None:
    parts = re.findall(r"\d+|[a-z]+", code)

    assert rules.compact(gap.join(parts).upper()) == code


@given(st.text(alphabet="abcde", max_size=7), st.text(alphabet="abcde", max_size=7))
def test_distance_is_symmetric_and_zero_for_equals_alone(one: str, other: str) -> None:
    assert rules.distance(one, other) == rules.distance(other, one)
    assert (rules.distance(one, other) == 0) == (one == other)
