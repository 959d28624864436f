"""A PDF that is drawn page by page, in millimetres from the upper left corner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.colors import Color
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from shop.core import pdf, scripts

ASCENT = 0.8  # how far below a line's upper edge its letters stand, of their size
FINEST_BAR, WIDEST_BAR = 0.19, 0.5  # millimetres; what is finer, scanners do not read
LINE = 1.35  # from one line to the next, of their size


class NothingDrawn(ValueError):
    """A document without pages."""


class Sheet:
    """Pages, one after the other. `bytes()` ends it."""

    def __init__(self, *, title: str) -> None:
        self._out = BytesIO()
        plain, _bold = scripts.fonts()
        self._canvas = Canvas(self._out, invariant=1, pageCompression=1, initialFontName=plain)
        self._canvas.setTitle(title)
        self.pages = 0

    def page(self, size: tuple[float, float]) -> None:
        """Begin the next page, or the first one: `size` is wide and high, in millimetres."""
        if self.pages:
            self._canvas.showPage()
        self.pages += 1
        self._canvas.setPageSize((size[0] * mm, size[1] * mm))
        self._canvas.translate(0, size[1] * mm)

    @contextmanager
    def moved(self, x: float, y: float, *, scale: float = 1, is_turned: bool = False) -> Iterator[None]:
        """Meanwhile (x, y) is the corner from which is measured; turned: the lower left one, up goes to the left."""
        self._canvas.saveState()
        self._canvas.translate(x * mm, -y * mm)
        if is_turned:
            self._canvas.rotate(90)
        self._canvas.scale(scale, scale)
        yield
        self._canvas.restoreState()

    def text(
        self, x: float, y: float, words: str, *, size: float = 9, is_bold: bool = False, color: Color = pdf.INK,
        align: str = "left", wide: float = 0,
    ) -> None:  # fmt: skip
        """One line whose upper edge is at `y`; `x` is its left or right edge or its middle, as `align` says.

        Longer than `wide` (if given), it is cut, and says so with an ellipsis.
        """
        line = scripts.joined(words)
        if wide:
            line = scripts.cut(line, wide * mm, size, is_bold=is_bold)
        if align != "left":
            length = scripts.width(line, size, is_bold=is_bold) / mm
            x -= length if align == "right" else length / 2
        self._canvas.setFillColor(color)
        scripts.draw(self._canvas, x * mm, -y * mm - size * ASCENT, line, size=size, is_bold=is_bold)

    def lines(
        self, x: float, y: float, lines: list[str], *, size: float = 9, is_bold: bool = False,
        color: Color = pdf.INK, align: str = "left",
    ) -> float:  # fmt: skip
        """Lines one below the other; returns where the next one would begin."""
        for line in lines:
            self.text(x, y, line, size=size, is_bold=is_bold, color=color, align=align)
            y += step(size)
        return y

    def rule(self, x: float, y: float, wide: float, *, weight: float = 0.4, color: Color = pdf.RULE) -> None:
        """A line across; `weight` in points."""
        self._canvas.setStrokeColor(color)
        self._canvas.setLineWidth(weight)
        self._canvas.line(x * mm, -y * mm, (x + wide) * mm, -y * mm)

    def box(
        self, x: float, y: float, wide: float, high: float, *, fill: Color | None = None, stroke: Color | None = None
    ) -> None:
        """A rectangle, filled or outlined or both."""
        self._canvas.setLineWidth(0.75)
        if fill is not None:
            self._canvas.setFillColor(fill)
        if stroke is not None:
            self._canvas.setStrokeColor(stroke)
        self._canvas.rect(
            x * mm, -(y + high) * mm, wide * mm, high * mm, fill=fill is not None, stroke=stroke is not None
        )

    def barcode(self, x: float, y: float, code: str, *, wide: float, high: float, align: str = "left") -> bool:
        """Code 128 of `code`, at most so wide; False (nothing drawn) if it has signs or a length that no scanner reads.

        Leave ten of its bars (at most 5 mm) empty on both sides.
        """
        if not code or not code.isascii() or not code.isprintable():
            return False
        natural = Code128(code, barWidth=1, quiet=0).width
        bar = min(WIDEST_BAR, wide / natural)
        if bar < FINEST_BAR:
            return False
        drawn = Code128(code, barWidth=bar * mm, barHeight=high * mm, quiet=0)
        left = x - {"left": 0, "right": bar * natural, "center": bar * natural / 2}[align]
        self._canvas.setFillColorRGB(0, 0, 0)
        drawn.drawOn(self._canvas, left * mm, -(y + high) * mm)
        return True

    def bytes(self) -> bytes:
        """The document. Raises `NothingDrawn`."""
        if not self.pages:
            raise NothingDrawn("a document without pages")
        self._canvas.save()
        return self._out.getvalue()


def step(size: float) -> float:
    """From one line of `size` points to the next, in millimetres."""
    return size * LINE / mm


def wrap(words: str, wide: float, *, size: float = 9, is_bold: bool = False, most: int = 0) -> list[str]:
    """`words` in lines of at most `wide` millimetres, words longer than that broken, typed lines apart; at most `most`
    lines, if given."""
    found = scripts.lines(words, wide * mm, size, is_bold=is_bold)
    if most and len(found) > most:
        rest = " ".join(found[most - 1 :])
        found = [*found[: most - 1], scripts.cut(rest, wide * mm, size, is_bold=is_bold)]
    return found
