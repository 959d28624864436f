"""The pick list: what to fetch in one round, sorted as it is found, and into which box it goes."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout.warehouse.papers import sheet as paper
from checkout.warehouse.papers.data import PickList, PickRow
from checkout.warehouse.papers.sheet import Sheet
from shop.core import pdf

A4 = (210.0, 297.0)
LEFT, RIGHT, TOP, BOTTOM = 15.0, 195.0, 16.0, 280.0
SKU, UNITS, NAME, BOXES = LEFT + 9, 66.0, 78.0, 146.0
PAD = 2.0
_AGAIN = TOP + 20.0


@dataclass(frozen=True, slots=True)
class _Row:
    row: PickRow
    sku: list[str]
    name: list[str]
    options: list[str]
    boxes: list[str]
    high: float


def draw(sheet: Sheet, wave: PickList) -> None:
    """`wave` on new pages of `sheet`; at its end, which parcel stands in which box."""
    parcels = _parcels(wave)
    pages = _pages([_row(row) for row in wave.rows], _rows_of(parcels))
    for number, (rows, boxes) in enumerate(pages, start=1):
        sheet.page(A4)
        y = _head(sheet, wave) if number == 1 else _head_again(sheet, wave)
        y = _table(sheet, rows, y) if rows else y
        if boxes:
            _boxes(sheet, boxes, y + 6)
        sheet.text(LEFT, 285, wave.number, size=7.5, color=pdf.MUTED)
        words = _("page %(number)d of %(of)d") % {"number": number, "of": len(pages)}
        sheet.text(RIGHT, 285, words, size=7.5, color=pdf.MUTED, align="right")


def _row(row: PickRow) -> _Row:
    sku = paper.wrap(row.sku, UNITS - SKU - 12, size=10, is_bold=True)
    name = paper.wrap(row.name, BOXES - NAME - 4, size=9, most=3)
    options = paper.wrap(row.options, BOXES - NAME - 4, size=8, most=3)
    boxes = paper.wrap("   ".join(_box(*pair) for pair in row.boxes), RIGHT - BOXES - 2, size=9)
    text = max(
        len(sku) * paper.step(10),
        len(name) * paper.step(9) + len(options) * paper.step(8),
        len(boxes) * paper.step(9),
        paper.step(13),
    )
    return _Row(row, sku, name, options, boxes, text + 2 * PAD)


def _box(box: int, units: int) -> str:
    """Without a space inside, so that it is never broken."""
    return f"#{box}×{units}"


def _parcels(wave: PickList) -> list[str]:
    return [f"#{box}\u2002{number}" for box, number in enumerate(wave.parcels, start=1)]


def _rows_of(parcels: list[str]) -> list[list[str]]:
    return [parcels[first : first + 3] for first in range(0, len(parcels), 3)]


def _pages(rows: list[_Row], boxes: list[list[str]]) -> list[tuple[list[_Row], list[list[str]]]]:
    """Rows, then rows of boxes, by page."""
    pages: list[tuple[list[_Row], list[list[str]]]] = [([], [])]
    y = TOP + 42
    for row in rows:
        if y + row.high > BOTTOM and pages[-1][0]:
            pages.append(([], []))
            y = _AGAIN + 8
        pages[-1][0].append(row)
        y += row.high
    y += 14
    for three in boxes:
        if y + 5 > BOTTOM:
            pages.append(([], []))
            y = _AGAIN + 14
        pages[-1][1].append(three)
        y += 5
    return pages


def _head(sheet: Sheet, wave: PickList) -> float:
    units = sum(row.quantity for row in wave.rows)
    sheet.text(LEFT, TOP, _("Pick list"), size=19, is_bold=True)
    sheet.text(LEFT, TOP + 10, wave.number, size=13, wide=90)
    sheet.text(LEFT, TOP + 17, f"{wave.location} · {wave.date}".strip(" ·"), size=9, color=pdf.MUTED, wide=100)
    sheet.barcode(RIGHT, TOP, wave.number, wide=64, high=13, align="right")
    counts = [
        ngettext("%(count)d unit", "%(count)d units", units) % {"count": units},
        ngettext("%(count)d SKU", "%(count)d SKUs", len(wave.rows)) % {"count": len(wave.rows)},
        ngettext("%(count)d parcel", "%(count)d parcels", len(wave.parcels)) % {"count": len(wave.parcels)},
    ]
    sheet.text(RIGHT, TOP + 17, " · ".join(counts), size=9, is_bold=True, align="right")
    return _table_head(sheet, TOP + 34)


def _head_again(sheet: Sheet, wave: PickList) -> float:
    sheet.text(LEFT, TOP, _("Pick list, continued"), size=12, is_bold=True)
    sheet.text(LEFT, TOP + 6.5, wave.number, size=9, color=pdf.MUTED)
    return _table_head(sheet, _AGAIN)


def _table_head(sheet: Sheet, y: float) -> float:
    sheet.box(LEFT, y, RIGHT - LEFT, 7, fill=pdf.SHADE)
    heads = ((SKU, _("SKU")), (UNITS, _("Units")), (NAME, _("Item")), (BOXES, _("Box × units")))
    for x, words in heads:
        align = "right" if x == UNITS else "left"
        sheet.text(x, y + 2, words, size=8, is_bold=True, align=align)
    sheet.rule(LEFT, y + 7, RIGHT - LEFT, weight=0.75, color=pdf.INK)
    return y + 8


def _table(sheet: Sheet, rows: list[_Row], y: float) -> float:
    for row in rows:
        sheet.box(LEFT + 1, y + PAD, 4.5, 4.5, stroke=pdf.INK)
        sheet.lines(SKU, y + PAD, row.sku, size=10, is_bold=True)
        sheet.text(UNITS, y + PAD - 0.8, str(row.row.quantity), size=13, is_bold=True, align="right")
        below = sheet.lines(NAME, y + PAD, row.name, size=9)
        sheet.lines(NAME, below, row.options, size=8, color=pdf.MUTED)
        sheet.lines(BOXES, y + PAD, row.boxes, size=9)
        y += row.high
        sheet.rule(LEFT, y, RIGHT - LEFT)
    return y


def _boxes(sheet: Sheet, rows: list[list[str]], y: float) -> None:
    sheet.text(LEFT, y, _("Boxes"), size=8, is_bold=True, color=pdf.MUTED)
    for at, three in enumerate(rows):
        for column, words in enumerate(three):
            sheet.text(LEFT + column * 60, y + 6 + at * 5, words, size=9, wide=57)
