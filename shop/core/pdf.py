"""Printed pages: the embedded font, the styles of papers, and a PDF from a list of blocks. Pure: no database, no clock.

The same blocks give the same bytes every time (no date, no random id), so that what was printed can be compared.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from io import BytesIO
from typing import Any

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import A4, A6, LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, LongTable, PageTemplate, Paragraph

from shop.core import scripts
from shop.core.scripts import BOLD, FONT, fonts, plain

__all__ = [
    "A4", "A6", "BOLD", "FONT", "LETTER", "Margins", "Page", "Section", "fonts", "mm", "paragraph", "plain", "render",
    "table",
]  # fmt: skip

INK, MUTED, RULE, SHADE = HexColor("#1c1b22"), HexColor("#5d5b66"), HexColor("#c9c7d1"), HexColor("#f3f2f6")


@dataclass(frozen=True, slots=True)
class Margins:
    """The empty edges of a page, in points."""

    left: float = 20 * mm
    right: float = 20 * mm
    top: float = 18 * mm
    bottom: float = 24 * mm


@dataclass(frozen=True, slots=True)
class Page:
    """A page as its footer sees it: which one (from 1) of how many, both within its section."""

    section: str
    number: int
    of: int


Draw = Callable[[Canvas, Page], None]  # what is drawn on every page, beside the blocks


@dataclass(frozen=True, slots=True)
class Styles:
    body: ParagraphStyle
    strong: ParagraphStyle
    right: ParagraphStyle
    right_strong: ParagraphStyle
    small: ParagraphStyle
    small_right: ParagraphStyle
    label: ParagraphStyle  # the word above or beside a value
    label_right: ParagraphStyle
    title: ParagraphStyle
    brand: ParagraphStyle


@lru_cache(maxsize=1)
def styles() -> Styles:
    """The paragraph styles that every paper shares. Registers the font on first use."""
    fonts()
    body = ParagraphStyle("body", fontName=FONT, fontSize=9, leading=12.5, textColor=INK)
    strong = ParagraphStyle("strong", parent=body, fontName=BOLD)
    small = ParagraphStyle("small", parent=body, fontSize=7.5, leading=10.5, textColor=MUTED)
    label = ParagraphStyle("label", parent=small, fontName=BOLD, leading=12.5)
    return Styles(
        body=body,
        strong=strong,
        right=ParagraphStyle("right", parent=body, alignment=TA_RIGHT),
        right_strong=ParagraphStyle("right_strong", parent=strong, alignment=TA_RIGHT),
        small=small,
        small_right=ParagraphStyle("small_right", parent=small, alignment=TA_RIGHT),
        label=label,
        label_right=ParagraphStyle("label_right", parent=label, alignment=TA_RIGHT),
        title=ParagraphStyle("title", parent=strong, fontSize=20, leading=25),
        brand=ParagraphStyle("brand", parent=strong, fontSize=14, leading=18),
    )


class Words(Flowable):
    """A block of words that the papers' own font does not have all of: the rest in others, from the right where that
    is how they are read. Lines begin on the left whatever they say, so that addresses stand in their windows."""

    def __init__(self, text: str, style: ParagraphStyle) -> None:
        super().__init__()
        self._text, self._style = text, style
        self._is_bold = style.fontName == BOLD
        self._lines: list[tuple[str, str]] = []  # each with the direction of the line that was typed

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        size = self._style.fontSize
        self._lines = [
            (line, scripts.direction(typed))
            for typed in self._text.split("\n")
            for line in scripts.lines(typed, width, size, is_bold=self._is_bold) or [""]
        ]
        self.width, self.height = width, len(self._lines) * self._style.leading
        return self.width, self.height

    def draw(self) -> None:
        self.canv.setFillColor(self._style.textColor)
        for turn, (line, base) in enumerate(self._lines):
            room = self.width - scripts.width(line, self._style.fontSize, is_bold=self._is_bold)
            x = {TA_RIGHT: room, TA_CENTER: room / 2}.get(self._style.alignment, 0)
            y = self.height - self._style.fontSize - turn * self._style.leading
            scripts.draw(
                self.canv, x, y, line, size=self._style.fontSize, is_bold=self._is_bold, base=base
            )  # fmt: skip


def paragraph(text: object, style: ParagraphStyle | None = None) -> Paragraph | Words:
    """A block of words, whatever signs are in them: nothing in `text` is markup. A new line begins a new line."""
    look, words = style or styles().body, plain(text)
    if scripts.is_own(words):
        return Paragraph(escape(words, quote=False).replace("\n", "<br/>"), look)
    return Words(str(text), look)


def table(
    rows: Sequence[Sequence[Any]], widths: Sequence[float], *, extra: Sequence[tuple[Any, ...]] = ()
) -> LongTable:
    """A table over as many pages as it takes, its first row repeated on each. Cells are blocks; `extra`: more style."""
    look = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), 4),
        ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ("TOPPADDING", (0, 0), (-1, -1), 4),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
        ("BACKGROUND", (0, 0), (-1, 0), SHADE),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, RULE),
        ("LINEBELOW", (0, 0), (-1, 0), 0.75, INK),  # over the one above, which begins here on later pages
        *extra,
    ]
    return LongTable([list(row) for row in rows], colWidths=list(widths), repeatRows=1, style=look)


class Section(Flowable):
    """From here on pages are counted anew, as those of `name`. Takes no room; begin it on a new page."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        return 0, 0

    def draw(self) -> None:
        self.canv.section = self.name


class _Counted(Canvas):
    """Keeps every page until the last is drawn, because only then it is known of how many it is one."""

    section = ""

    def __init__(self, *args: Any, on_page: Draw | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._on_page = on_page
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        counts: dict[str, int] = {}
        for kept in self._kept:
            counts[kept.get("section", "")] = counts.get(kept.get("section", ""), 0) + 1
        seen: dict[str, int] = {}
        for kept in list(self._kept):
            self.__dict__.update(kept)
            section = kept.get("section", "")
            seen[section] = seen.get(section, 0) + 1
            if self._on_page:
                self._on_page(self, Page(section, seen[section], counts[section]))
            super().showPage()
        super().save()


def render(
    blocks: Sequence[Flowable],
    *,
    title: str,
    author: str = "",
    language: str = "en",
    size: tuple[float, float] = A4,
    margins: Margins | None = None,
    on_page: Draw | None = None,
) -> bytes:
    """The PDF of `blocks` on pages of `size` (points). `on_page` draws letterhead and footer on each."""
    fonts()
    edges = margins or Margins()
    out = BytesIO()
    paper = BaseDocTemplate(
        out, pagesize=size, title=title, author=author, lang=language, invariant=1, pageCompression=1,
        initialFontName=FONT, allowSplitting=1,
    )  # fmt: skip
    frame = Frame(
        edges.left, edges.bottom, size[0] - edges.left - edges.right, size[1] - edges.top - edges.bottom,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    paper.addPageTemplates(PageTemplate("page", [frame], pagesize=size))
    paper.build(list(blocks), canvasmaker=lambda *args, **options: _Counted(*args, on_page=on_page, **options))
    return out.getvalue()


def write(
    canvas: Canvas, x: float, y: float, text: object, *, size: float = 7.5, color: Color = MUTED,
    is_bold: bool = False, align: str = "left",
) -> None:  # fmt: skip
    """One line of words at (x, y) of a page, in points from its lower left; `align`: left, right or center."""
    line = scripts.joined(str(text))
    x -= {"left": 0, "right": 1, "center": 0.5}[align] * scripts.width(line, size, is_bold=is_bold)
    canvas.saveState()
    canvas.setFillColor(color)
    scripts.draw(canvas, x, y, line, size=size, is_bold=is_bold)
    canvas.restoreState()
