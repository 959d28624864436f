"""The packing slip: one A4 page of what lies in a parcel, or more when there are many lines."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout.warehouse.papers import sheet as paper
from checkout.warehouse.papers.data import Slip, SlipLine
from checkout.warehouse.papers.sheet import Sheet
from shop.core import pdf

A4 = (210.0, 297.0)
LEFT, RIGHT, TOP, BOTTOM = 20.0, 190.0, 18.0, 276.0
QUANTITY, NAME, SKU, PRICE, TOTAL = LEFT + 2, LEFT + 16, 112.0, 160.0, RIGHT - 2
FACT = SKU + 30  # where what is said of the parcel begins
PAD = 2.0  # above and below the words of a row


@dataclass(frozen=True, slots=True)
class _Row:
    """A line as it is drawn: broken into lines, and how high it is."""

    line: SlipLine
    name: list[str]
    below: list[str]
    sku: list[str]
    high: float


def draw(sheet: Sheet, slip: Slip) -> None:
    """`slip` on new pages of `sheet`."""
    pages = _pages([_row(slip, line) for line in slip.lines], first=_head_ends(slip), last=_gift_high(slip))
    for number, rows in enumerate(pages, start=1):
        sheet.page(A4)
        y = _head(sheet, slip) if number == 1 else _head_again(sheet, slip)
        y = _table(sheet, slip, rows, y)
        if number == len(pages) and slip.gift_message:
            _gift(sheet, slip, y)
        _foot(sheet, slip, number, len(pages))


def _row(slip: Slip, line: SlipLine) -> _Row:
    name = paper.wrap(line.name, SKU - NAME - 3, size=9.5, is_bold=True)
    below = paper.wrap(line.options, SKU - NAME - 3, size=8)
    if line.ordered > line.quantity:
        words = _("%(here)d of %(all)d ordered; the rest comes separately") % {
            "here": line.quantity, "all": line.ordered,
        }  # fmt: skip
        below += paper.wrap(words, SKU - NAME - 3, size=8)
    sku = paper.wrap(line.sku, (PRICE - 20 if _has_prices(slip) else RIGHT) - SKU - 4, size=8.5)
    text = max(len(name) * paper.step(9.5) + len(below) * paper.step(8), len(sku) * paper.step(8.5))
    return _Row(line, name, below, sku, text + 2 * PAD)


def _pages(rows: list[_Row], *, first: float, last: float) -> list[list[_Row]]:
    """Rows by page. `first`: where the table begins on the first page; `last`: what follows the last row."""
    pages: list[list[_Row]] = [[]]
    y = first
    for row in rows:
        if y + row.high > BOTTOM and pages[-1]:
            pages.append([])
            y = _AGAIN
        pages[-1].append(row)
        y += row.high
    if last and y + last > BOTTOM:
        pages.append([])
    return pages


_AGAIN = TOP + 24.0  # where rows begin on every further page


def _head(sheet: Sheet, slip: Slip) -> float:
    name, *rest = slip.shop or ("",)
    sheet.text(LEFT, TOP, name, size=13, is_bold=True, wide=95)
    sheet.lines(LEFT, TOP + 7, [*rest[:5]], size=8, color=pdf.MUTED)
    sheet.barcode(RIGHT, TOP, slip.number, wide=68, high=13, align="right")
    sheet.text(RIGHT, TOP + 14.5, slip.number, size=8.5, align="right")
    y = TOP + 36
    sheet.text(LEFT, y, _("Packing slip"), size=19, is_bold=True)
    y += 13
    sheet.text(
        LEFT, y, _("Collected by") if slip.is_collected else _("Deliver to"), size=8, is_bold=True, color=pdf.MUTED
    )
    sheet.lines(LEFT, y + 4.5, _address(slip), size=10)
    for label, lines in _facts(slip):
        sheet.text(SKU, y, label, size=8, is_bold=True, color=pdf.MUTED)
        sheet.lines(FACT, y - 0.2, lines, size=9)
        y += _fact_high(lines)
    return _table_head(sheet, slip, _head_ends(slip) - 8)


def _head_ends(slip: Slip) -> float:
    """Where the first row begins on the first page."""
    block = max(4.5 + len(_address(slip)) * paper.step(10), sum(_fact_high(lines) for _label, lines in _facts(slip)))
    return TOP + 49 + block + 8 + 8


def _head_again(sheet: Sheet, slip: Slip) -> float:
    sheet.text(LEFT, TOP, _("Packing slip, continued"), size=12, is_bold=True)
    sheet.text(LEFT, TOP + 6.5, f"{slip.order_number} · {slip.number}", size=8.5, color=pdf.MUTED)
    return _table_head(sheet, slip, _AGAIN - 8)


def _address(slip: Slip) -> list[str]:
    return [line for one in slip.address[:9] for line in paper.wrap(one, SKU - LEFT - 6, size=10, most=2)]


def _facts(slip: Slip) -> list[tuple[str, list[str]]]:
    """What is said of the parcel, each with the lines that it takes."""
    rows = [
        (_("Order"), slip.order_number),
        (_("Parcel"), slip.number),
        (_("Date"), slip.date),
        (_("Delivery"), slip.delivery),
        (_("Your PO number"), slip.po_number),
    ]
    return [(label, paper.wrap(value, RIGHT - FACT, size=9)) for label, value in rows if value]


def _fact_high(lines: list[str]) -> float:
    return 5.2 + (len(lines) - 1) * paper.step(9)


def _has_prices(slip: Slip) -> bool:
    return not slip.is_gift and any(line.price for line in slip.lines)


def _table_head(sheet: Sheet, slip: Slip, y: float) -> float:
    sheet.box(LEFT, y, RIGHT - LEFT, 7, fill=pdf.SHADE)
    heads = [(QUANTITY, _("Units"), "left"), (NAME, _("Item"), "left"), (SKU, _("SKU"), "left")]
    if _has_prices(slip):
        heads += [(PRICE, _("Price"), "right"), (TOTAL, _("Total"), "right")]
    for x, words, align in heads:
        sheet.text(x, y + 2, words, size=8, is_bold=True, align=align)
    sheet.rule(LEFT, y + 7, RIGHT - LEFT, weight=0.75, color=pdf.INK)
    return y + 8


def _table(sheet: Sheet, slip: Slip, rows: list[_Row], y: float) -> float:
    for row in rows:
        sheet.text(QUANTITY, y + PAD - 0.5, f"{row.line.quantity} ×", size=11, is_bold=True)
        below = sheet.lines(NAME, y + PAD, row.name, size=9.5, is_bold=True)
        sheet.lines(NAME, below, row.below, size=8, color=pdf.MUTED)
        sheet.lines(SKU, y + PAD + 0.3, row.sku, size=8.5)
        if _has_prices(slip):
            sheet.text(PRICE, y + PAD + 0.2, row.line.price, size=9, align="right")
            sheet.text(TOTAL, y + PAD + 0.2, row.line.total, size=9, align="right")
        y += row.high
        sheet.rule(LEFT, y, RIGHT - LEFT)
    return y


def _gift_lines(slip: Slip) -> list[str]:
    return paper.wrap(slip.gift_message, RIGHT - LEFT - 16, size=11, most=40)


def _gift_high(slip: Slip) -> float:
    return 22 + len(_gift_lines(slip)) * paper.step(11) if slip.gift_message else 0.0


def _gift(sheet: Sheet, slip: Slip, y: float) -> None:
    sheet.box(LEFT, y + 6, RIGHT - LEFT, _gift_high(slip) - 6, stroke=pdf.RULE)
    sheet.text(LEFT + 8, y + 11, _("A message for you"), size=8, is_bold=True, color=pdf.MUTED)
    sheet.lines(LEFT + 8, y + 17, _gift_lines(slip), size=11)


def _foot(sheet: Sheet, slip: Slip, number: int, of: int) -> None:
    units = sum(line.quantity for line in slip.lines)
    sheet.rule(LEFT, 281, RIGHT - LEFT)
    sheet.text(LEFT, 283, slip.foot, size=7.5, color=pdf.MUTED, wide=105)
    count = ngettext("%(units)d unit", "%(units)d units", units) % {"units": units}
    pages = _("page %(number)d of %(of)d") % {"number": number, "of": of}
    sheet.text(RIGHT, 283, f"{slip.number} · {count} · {pages}", size=7.5, color=pdf.MUTED, align="right")
