"""Words of any script on paper: in lines, in the order in which they are drawn, in fonts that have their signs.

Names and addresses come as people write them. Hebrew and Arabic run from the right, Arabic letters join; what the
papers' own font lacks is drawn with another one. Every font goes into the document, so that it looks the same wherever
and whenever it is opened. Pure.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from arabic_reshaper import reshape
from bidi.algorithm import get_display  # the package's other one does not turn brackets
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONT, BOLD = "NotoSans", "NotoSans-Bold"  # Latin, Greek, Cyrillic and currency signs; its digits are of one width
OTHER = "DejaVuSans"  # Hebrew, Arabic, Armenian, Georgian, arrows and boxes
EAST = "WenQuanYiMicroHei"  # Chinese, Japanese and Korean
MISSING = "□"
_FILES = {
    FONT: "NotoSans-Regular.ttf", BOLD: "NotoSans-Bold.ttf", OTHER: "DejaVuSans.ttf", EAST: "WenQuanYiMicroHei.ttc",
}  # fmt: skip
_FROM_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_EASTERN = re.compile("[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef]")
_APART, _KEPT = "\u200c", "\ufdd0"  # what keeps Arabic letters from joining, and what stands for it until they have


def plain(text: object) -> str:
    """`text` composed and without control characters; lines stay apart. What people typed goes through it."""
    composed = unicodedata.normalize("NFC", str(text))
    return "".join(sign for sign in composed if sign == "\n" or unicodedata.category(sign) not in {"Cc", "Cf", "Cs"})


@lru_cache(maxsize=1)
def fonts() -> tuple[str, str]:
    """Make the papers' own font known to the PDF library, once per process: its regular and its bold name."""
    for name in (FONT, BOLD):
        _register(name)
    pdfmetrics.registerFontFamily(FONT, normal=FONT, bold=BOLD, italic=FONT, boldItalic=BOLD)
    return FONT, BOLD


def is_own(text: str) -> bool:
    """Whether the papers' own font draws all of a `plain` text."""
    return _signs().issuperset(text.replace("\n", ""))


def joined(text: str) -> str:
    """`text` in one line without control signs, its Arabic letters joined: as it is measured and broken into lines."""
    line = " ".join(plain(text.replace(_APART, _KEPT)).split())
    return (str(reshape(line)) if _FROM_RIGHT.search(line) else line).replace(_KEPT, "")


def direction(line: str) -> str:
    """ "R" for what runs from the right, as its first letter does, else "L"."""
    for sign in line:
        found = unicodedata.bidirectional(sign)
        if found in ("L", "R", "AL"):
            return "L" if found == "L" else "R"
    return "L"


def runs(line: str, *, is_bold: bool = False, base: str = "") -> list[tuple[str, str]]:
    """(font, piece) from left to right of a `joined` line. What no font has is drawn as an empty box.

    `base` is the `direction` of the text that the line is of, "" for its own.
    """
    own = fonts()[is_bold]
    if is_own(line):
        return [(own, line)] if line else []
    seen = _turned(line, base or direction(line)) if _FROM_RIGHT.search(line) else line
    pieces = [(own if sign in _signs() else _font_of(sign), sign) for sign in seen]
    known = [(font or OTHER, sign if font else MISSING) for font, sign in pieces]
    return [
        (font, "".join(sign for _font, sign in group)) for font, group in groupby(known, key=lambda piece: piece[0])
    ]


def _turned(line: str, base: str) -> str:
    """In the order in which it is drawn. Signs that Unicode did not have yet when this was built have no direction."""
    known = "".join(sign if unicodedata.bidirectional(sign) else MISSING for sign in line)
    return str(get_display(known, base_dir=base))


def width(line: str, size: float, *, is_bold: bool = False) -> float:
    """Of a `joined` line at `size` points, in points."""
    return sum(float(pdfmetrics.stringWidth(piece, font, size)) for font, piece in runs(line, is_bold=is_bold))


def draw(
    canvas: Canvas, x: float, y: float, line: str, *, size: float, is_bold: bool = False, base: str = ""
) -> None:  # fmt: skip
    """A `joined` line whose letters stand at (x, y), in the canvas's colour."""
    drawn = canvas.beginText(x, y)
    for font, piece in runs(line, is_bold=is_bold, base=base):
        drawn.setFont(font, size)
        drawn.textOut(piece)
    canvas.drawText(drawn)


def lines(text: str, room: float, size: float, *, is_bold: bool = False) -> list[str]:
    """`text` as `joined` lines of at most `room` points; words longer than that are broken, lines that were typed stay
    apart (empty ones but at the ends too)."""
    typed = text.strip().split("\n")
    found = [line for one in typed for line in _wrapped(one, room, size, is_bold=is_bold) or [""]]
    return found if any(found) else []


def _wrapped(typed: str, room: float, size: float, *, is_bold: bool) -> list[str]:
    found: list[str] = []
    line = ""
    for word in _broken(joined(typed).split(), room, size, is_bold=is_bold):
        longer = f"{line} {word}" if line else word
        if line and width(longer, size, is_bold=is_bold) > room:
            found.append(line)
            line = word
        else:
            line = longer
    return [*found, line] if line else found


def _broken(words: list[str], room: float, size: float, *, is_bold: bool) -> Iterator[str]:
    for word in words:
        rest = word
        while rest and width(rest, size, is_bold=is_bold) > room:
            fits = max(1, _fitting(rest, room, size, is_bold=is_bold))
            fits = rest.rfind("-", 1, fits) + 1 or fits  # after a hyphen, if there is one
            yield rest[:fits]
            rest = rest[fits:]
        if rest:
            yield rest


def cut(line: str, room: float, size: float, *, is_bold: bool = False) -> str:
    """A `joined` line; if it is longer than `room` points, what has room of it and an ellipsis."""
    if width(line, size, is_bold=is_bold) <= room:
        return line
    left = room - width("…", size, is_bold=is_bold)
    return line[: _fitting(line, left, size, is_bold=is_bold)].rstrip() + "…"


def _fitting(line: str, room: float, size: float, *, is_bold: bool) -> int:
    """How many of its first letters have room."""
    low, high = 0, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        if width(line[:middle], size, is_bold=is_bold) <= room:
            low = middle
        else:
            high = middle - 1
    return low


@lru_cache(maxsize=4096)
def _font_of(sign: str) -> str | None:
    """The font for a sign that the papers' own one lacks; None if there is none."""
    order = (EAST, OTHER) if _EASTERN.match(sign) else (OTHER, EAST)
    return next((name for name in order if ord(sign) in _register(name)), None)


@lru_cache(maxsize=1)
def _signs() -> frozenset[str]:
    """What the papers' own font can draw."""
    return frozenset(chr(code) for code in _register(FONT))


@lru_cache(maxsize=4)
def _register(name: str) -> frozenset[int]:
    """Make a font known to the PDF library; the signs that it has. One that is not asked for is not read."""
    font = TTFont(name, str(Path(__file__).parent / "fonts" / _FILES[name]))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)
