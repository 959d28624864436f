"""Words of any script on paper: in the order in which they are drawn, and in a font that has their signs. Pure.

Names and addresses come as people write them. Hebrew and Arabic run from the right, Arabic letters join; what the
papers' own font lacks is drawn with another one. Chinese, Japanese and Korean are left to the fonts of whoever prints.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from arabic_reshaper import reshape
from bidi import get_display
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont

from shop.core import pdf

OTHER = "DejaVuSans"  # Hebrew, Arabic, Armenian, Georgian, arrows and boxes
HAN, KANA, HANGUL = "STSong-Light", "HeiseiKakuGo-W5", "HYGothic-Medium"
MISSING = "□"
_FROM_RIGHT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]")
_EAST = (
    (0x1100, 0x11FF, HANGUL), (0x3000, 0x303F, HAN), (0x3040, 0x30FF, KANA), (0x3130, 0x318F, HANGUL),
    (0x3400, 0x4DBF, HAN), (0x4E00, 0x9FFF, HAN), (0xAC00, 0xD7A3, HANGUL), (0xFF00, 0xFFEF, HAN),
)  # fmt: skip


def joined(text: str) -> str:
    """`text` in one line without control signs, its Arabic letters joined: as it is measured and broken into lines."""
    plain = " ".join(pdf.plain(text).split())
    return reshape(plain) if _FROM_RIGHT.search(plain) else plain


def runs(line: str, *, is_bold: bool = False) -> list[tuple[str, str]]:
    """(font, piece) from left to right of a `joined` line. What no font has is drawn as an empty box."""
    plain, bold = pdf.fonts()
    own = bold if is_bold else plain
    signs = _signs()
    if signs.issuperset(line):
        return [(own, line)] if line else []
    seen = get_display(line) if _FROM_RIGHT.search(line) else line
    pieces = [(own if sign in signs else _font_of(sign), sign) for sign in seen]
    known = [(font or OTHER, sign if font else MISSING) for font, sign in pieces]
    return [
        (font, "".join(sign for _font, sign in group)) for font, group in groupby(known, key=lambda piece: piece[0])
    ]


def width(line: str, size: float, *, is_bold: bool = False) -> float:
    """Of a `joined` line at `size` points, in points."""
    return sum(float(pdfmetrics.stringWidth(piece, font, size)) for font, piece in runs(line, is_bold=is_bold))


@lru_cache(maxsize=1)
def _signs() -> frozenset[str]:
    """What the papers' own font can draw."""
    return frozenset(chr(code) for code in pdfmetrics.getFont(pdf.FONT).face.charToGlyph)


@lru_cache(maxsize=4096)
def _font_of(sign: str) -> str | None:
    """The font for a sign that the papers' own one lacks; None if there is none."""
    code = ord(sign)
    for first, last, font in _EAST:
        if first <= code <= last:
            _register_east(font)
            return font
    return OTHER if code in _other() and unicodedata.category(sign) not in {"Cn", "Co", "Cs"} else None


@lru_cache(maxsize=1)
def _other() -> frozenset[int]:
    font = TTFont(OTHER, str(Path(pdf.__file__).parent / "fonts" / "DejaVuSans.ttf"))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


@lru_cache(maxsize=3)
def _register_east(font: str) -> None:
    pdfmetrics.registerFont(UnicodeCIDFont(font))
