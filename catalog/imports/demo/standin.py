"""Which drawn picture stands in for an imported product that has none of its own."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

from catalog.imports.demo import drawing
from catalog.products import colours

DATA = Path(__file__).parent / "data" / "words" / "kinds.toml"
ACCENT = "#d9a441"
CALM = "#5f7f8c"
# Few colours and one variation: a catalogue of any size is illustrated with some hundred pictures, drawn in seconds.
_NAMED = {name: colours.HEX[name] for name in ("black", "white", "silver", "blue", "red")} | {
    "grey": colours.HEX["silver"],
    "gray": colours.HEX["silver"],
}
_WORD = re.compile(r"[a-zà-ÿ0-9&]+")


@functools.cache
def _table() -> tuple[tuple[str, str, str, re.Pattern[str]], ...]:
    """Kind, ground, usual colour and the words that mean it; earlier rows win."""
    lines = tomllib.loads(DATA.read_text(encoding="utf-8"))["kinds"].strip().splitlines()
    made = []
    for line in lines:
        kind, ground, colour, words = (cell.strip() for cell in line.split("|", 3))
        made.append((kind, ground, colour, re.compile(rf"\b(?:{words})\b", re.IGNORECASE)))
    return tuple(made)


def placeholder(category_path: Sequence[str], name: str, colour: str = "") -> str:
    """The key of the picture that suits a product: by its deepest category first, then by its name.

    `colour` is an attribute's or option's value, if there is one; else a colour named in `name`, else the kind's own.
    """
    kind, ground, usual = _kind(category_path, name)
    tint = (colours.colour(colour) if colour else None) or _colour_in(name) or usual
    return drawing.key(kind, tint, ACCENT if tint != ACCENT else CALM, 0, ground)


def _kind(category_path: Sequence[str], name: str) -> tuple[str, str, str]:
    for text in (*reversed(category_path[1:]), name, *category_path[:1]):
        for kind, ground, colour, words in _table():
            if words.search(text):
                return kind, ground, colour
    return "parcel", "plain", "#c9a06a"


def _colour_in(name: str) -> str | None:
    found = (_NAMED.get(word) for word in _WORD.findall(name.lower()))
    return next((colour for colour in found if colour), None)
