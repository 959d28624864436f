"""The shipping label, A6: where from, where to, and a barcode that the carrier scans."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout.warehouse.papers import sheet as paper
from checkout.warehouse.papers.data import Label
from checkout.warehouse.papers.sheet import Sheet
from shop.core import pdf

A6 = WIDE, HIGH = 105.0, 148.0
EDGE = 6.0
INNER = WIDE - 2 * EDGE
TO, CODE = 47.0, 106.0  # where the address and the barcode begin


def draw(sheet: Sheet, label: Label) -> None:
    """`label` in the upper left corner of the page (or of what `sheet.moved` made of it)."""
    _head(sheet, label)
    _sender(sheet, label)
    _address(sheet, label)
    _code(sheet, label)


def _head(sheet: Sheet, label: Label) -> None:
    sheet.text(EDGE, EDGE, label.carrier, size=15, is_bold=True, wide=INNER)
    sheet.text(EDGE, EDGE + 7.5, label.service, size=10, wide=INNER)
    sheet.rule(EDGE, EDGE + 14, INNER, weight=1.2, color=pdf.INK)


def _sender(sheet: Sheet, label: Label) -> None:
    y = EDGE + 16.5
    sheet.text(EDGE, y, _("From"), size=7, is_bold=True, color=pdf.MUTED)
    lines = [line for one in label.sender[:6] for line in paper.wrap(one, INNER - 40, size=7, most=1)]
    sheet.lines(EDGE + 11, y, lines, size=7)
    facts = [label.order_number, label.number]
    if label.units:
        facts.append(ngettext("%(units)d unit", "%(units)d units", label.units) % {"units": label.units})
    sheet.lines(WIDE - EDGE, y, facts, size=7, align="right")
    sheet.rule(EDGE, TO - 2.5, INNER, weight=0.6, color=pdf.INK)


def _address(sheet: Sheet, label: Label) -> None:
    """As large as there is room for: an address is read from afar."""
    sheet.text(EDGE, TO, _("To"), size=7, is_bold=True, color=pdf.MUTED)
    room = CODE - TO - 6 - (5 if label.phone else 0)
    for size in (15.0, 13.0, 11.5, 10.0, 9.0, 8.0):
        name = [line for one in label.address[:1] for line in paper.wrap(one, INNER - 4, size=size, is_bold=True)]
        lines = [line for one in label.address[1:] for line in paper.wrap(one, INNER - 4, size=size)]
        if (len(name) + len(lines)) * paper.step(size) <= room:
            break
    most = int(room / paper.step(size))
    y = sheet.lines(EDGE + 2, TO + 4, name[:most], size=size, is_bold=True)
    y = sheet.lines(EDGE + 2, y, lines[: max(0, most - len(name))], size=size)
    if label.phone:
        sheet.text(EDGE + 2, y + 0.5, _("Phone %(number)s") % {"number": label.phone}, size=8, color=pdf.MUTED)


def _code(sheet: Sheet, label: Label) -> None:
    sheet.rule(EDGE, CODE - 2, INNER, weight=1.2, color=pdf.INK)
    is_drawn = sheet.barcode(WIDE / 2, CODE + 2, label.code, wide=WIDE - 20, high=27, align="center")
    number = label.tracking or label.code or label.number
    lines = paper.wrap(number, INNER, size=10 if is_drawn else 16, is_bold=True, most=3)
    y = CODE + (31 if is_drawn else 8)
    sheet.lines(WIDE / 2, y, lines, size=10 if is_drawn else 16, is_bold=True, align="center")
