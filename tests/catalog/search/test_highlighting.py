"""Which words of a name are marked."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.search import highlighting
from catalog.search.meaning import Words, open_ended, understand


def marked(name: str, text: str, *, synonyms: str = "") -> list[str]:
    groups = tuple(tuple(part.split()) for part in synonyms.split(","))
    words = Words(groups=(groups,) if synonyms else ())
    meaning = understand(text, words, words.by_form())
    return [piece for piece, is_hit in highlighting.parts(name, meaning.looked_for) if is_hit]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("Leather boots", "boot", ["boots"]),
        ("Leather Boots for boots", "leather boots", ["Leather", "Boots", "boots"]),
        ("Café table", "cafe", ["Café"]),
        ("Sony WH-1000XM4 headphones", "wh1000xm4", ["WH-1000XM4"]),
        ("Sony WH-1000XM4 headphones", "wh 1000xm4", ["WH", "1000XM4"]),
        ("Sony WH-1000XM4 headphones", "sony", ["Sony"]),
        ("On-ear headphones", "ear", ["ear"]),
        ("Red running shoes", '"running shoes" -red', ["running", "shoes"]),
        ("Mouse trap", "mice", ["Mouse"]),
        ("Women’s jacket S", "womens jacket s", ["Women’s", "jacket", "S"]),
        ("Men's jacket", "men’s", ["Men's"]),
        ("O'Reilly book", "oreilly", ["O'Reilly"]),
        ("O'Reilly book", "o reilly", ["O", "Reilly"]),
        ("Boys' boots", "boy's", ["Boys"]),
        ('Monitor 17" (43.2 cm)', "17 inches", ['17"']),
        ("Monitor 43,2 CM", "43.2cm", ["43,2 CM"]),
        ("SSD 500 GB, 500", "500gb", ["500 GB"]),
        ("Lamp", "torch", []),
        ("Lamp", "", []),
    ],
)
def test_words_that_were_looked_for_are_marked(name: str, text: str, found: list[str]) -> None:
    assert marked(name, text) == found


def test_synonyms_are_marked_as_well() -> None:
    assert marked("Notebook stand", "laptop", synonyms="laptop,notebook") == ["Notebook"]


def test_words_that_begin_so_are_marked_where_the_last_is_a_beginning() -> None:
    meaning = open_ended(understand("red sho", Words(), {}), lambda _word: False)

    assert highlighting.parts("Red shoes", meaning.looked_for) == (("Red", True), (" ", False), ("shoes", True))


@given(name=st.text(max_size=40), text=st.text(max_size=20))
def test_the_pieces_make_up_the_name(name: str, text: str) -> None:
    looked_for = understand(text, Words(), {}).looked_for

    assert "".join(piece for piece, _is_hit in highlighting.parts(name, looked_for)) == name
