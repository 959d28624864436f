"""The merchant on the merchant's papers: logo or name at the top, details at the foot of every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import BytesIO

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Image

from shop.core import pdf as pages
from shop.core import scripts

NARROW = [("LEFTPADDING", (0, 0), (-1, -1), 4), ("RIGHTPADDING", (0, 0), (-1, -1), 4)]
_LOGO = (60 * pages.mm, 18 * pages.mm)  # at most
_LINE = 9.5


def brand(seller: Mapping[str, str], width: float) -> Flowable:
    """The logo in its proportions, or the name where there is none (or its file is gone)."""
    picture = _logo(seller["logo"])
    if picture is None:
        return pages.paragraph(seller["name"], pages.styles().brand)
    wide, high = ImageReader(BytesIO(picture)).getSize()
    scale = min(_LOGO[0] / wide, _LOGO[1] / high, width / wide)
    return Image(BytesIO(picture), wide * scale, high * scale, hAlign="LEFT")


def _logo(name: str) -> bytes | None:
    if not name:
        return None
    try:
        with default_storage.open(name) as stored:
            return bytes(stored.read())
    except OSError:
        return None


def footer(
    seller: Mapping[str, str], number: str, size: tuple[float, float], margins: pages.Margins
) -> pages.Draw:  # fmt: skip
    """What is drawn at the foot of every page: the merchant in three columns, and which page of how many it is."""
    columns = _columns(seller)
    step = (size[0] - margins.left - margins.right) / 3
    top = margins.bottom - 6 * pages.mm

    def draw(canvas: Canvas, page: pages.Page) -> None:
        canvas.setStrokeColor(pages.RULE)
        canvas.setLineWidth(0.5)
        canvas.line(margins.left, top, size[0] - margins.right, top)
        for place, lines in enumerate(columns):
            for row, line in enumerate(lines):
                fitting = scripts.cut(scripts.joined(line), step - 8, 7)
                pages.write(canvas, margins.left + place * step, top - 12 - row * _LINE, fitting, size=7)
        at = {"number": number, "page": page.number, "pages": page.of}
        text = _("%(number)s · Page %(page)s of %(pages)s") % at
        pages.write(canvas, size[0] - margins.right, 6 * pages.mm, text, size=7, align="right")

    return draw


def _columns(seller: Mapping[str, str]) -> list[list[str]]:
    """Who and where; how to reach and what the register says; the bank account."""
    told = {
        "vat_id": _("VAT id %(value)s"),
        "tax_number": _("Tax number %(value)s"),
    }  # fmt: skip
    numbers = [sentence % {"value": seller[name]} for name, sentence in told.items() if seller[name]]
    contact = [seller[name] for name in ("phone", "email", "website") if seller[name]]
    return [
        _lines([seller["name"], *seller["address"].splitlines()]),
        _lines([*contact, *numbers, seller["registration"]]),
        _lines(seller["bank"].splitlines()),
    ]


def _lines(found: Sequence[str]) -> list[str]:
    return [line.strip() for line in found if line.strip()][:7]
