"""An invoice or credit note as a PDF: made of what the document says and nothing else, the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from babel.numbers import format_decimal
from django.utils import translation
from django.utils.translation import gettext as _
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table

from cart.tax import words as tax_words
from checkout.invoices import content, letterhead, paying, sentences
from checkout.orders import emails
from shop.core import formats
from shop.core import pdf as pages
from shop.core.money import Money

if TYPE_CHECKING:
    from checkout.invoices.models import Document

SIZES = {"a4": pages.A4, "letter": pages.LETTER}
_GAP = 5 * pages.mm  # between the addresses and what stands beside them
_BARE = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ("RIGHTPADDING", (0, 0), (-1, -1), 0),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What is printed, and how: the document, its content, the width between the margins, amounts as text."""

    document: Document
    told: Mapping[str, Any]
    width: float

    def money(self, minor: int) -> str:
        return Money(minor, self.document.currency).format(self.told["language"])

    @property
    def is_credit(self) -> bool:
        return self.document.is_credit


def render(document: Document) -> bytes:
    """The document's PDF, in the language that it was issued in. Needs its content; asks the database for nothing."""
    told = document.content
    size = SIZES.get(told["paper"], pages.A4)
    margins = pages.Margins(bottom=34 * pages.mm)
    sheet = _Sheet(document, told, size[0] - margins.left - margins.right)
    with translation.override(told["language"]):
        return pages.render(
            [*_head(sheet), *_lines(sheet), *_sums(sheet), *_payment(sheet), *_words(sheet)],
            title=f"{document.get_kind_display()} {document.number}",
            author=told["seller"]["name"], language=told["language"], size=size, margins=margins,
            on_page=letterhead.footer(told["seller"], document.number, size, margins),
        )  # fmt: skip


def _head(sheet: _Sheet) -> list[Flowable]:
    """Whose paper it is, what it is, for whom."""
    style, told = pages.styles(), sheet.told
    title = pages.paragraph(sheet.document.get_kind_display(), style.title)
    left, right = sheet.width * 0.56, sheet.width * 0.44
    top = Table(
        [[letterhead.brand(told["seller"], left), title]],
        [left, right],
        style=[*_BARE, ("VALIGN", (0, 0), (-1, -1), "MIDDLE")],
    )
    apart = ("RIGHTPADDING", (0, 0), (0, 0), _GAP)
    below = Table([[_addresses(sheet), _facts(sheet, right)]], [left, right], style=[*_BARE, apart])
    return [top, Spacer(1, 9 * pages.mm), below, Spacer(1, 9 * pages.mm)]


def _addresses(sheet: _Sheet) -> list[Flowable]:
    style, told = pages.styles(), sheet.told
    billing, delivery = told["billing_address"], told["delivery_address"]
    blocks = [pages.paragraph(_sender(told["seller"]), style.small), Spacer(1, 2 * pages.mm)]
    blocks += [pages.paragraph("\n".join(emails.address_lines(billing)), style.body)]
    if delivery and emails.address_lines(delivery) != emails.address_lines(billing):
        blocks += [Spacer(1, 4 * pages.mm), pages.paragraph(_("Delivered to"), style.label)]
        blocks += [pages.paragraph("\n".join(emails.address_lines(delivery)), style.body)]
    return blocks


def _sender(seller: Mapping[str, str]) -> str:
    return " · ".join([seller["name"], *(line.strip() for line in seller["address"].splitlines() if line.strip())])


def _facts(sheet: _Sheet, width: float) -> Table:
    """Number, dates and references."""
    told, order = sheet.told, sheet.told["order"]
    rows = [(_("Number"), sheet.document.number), (_("Date"), _date(sheet.document.issued_on))]
    rows += [(_("Invoice"), f"{one['number']}, {_date(one['issued_on'])}") for one in told["corrects"]]
    rows += [(_("Replaces"), f"{one['number']}, {_date(one['issued_on'])}") for one in told.get("replaces", [])]
    rows += [(_("Order"), order["number"]), (_("Ordered"), _date(order["placed_on"]))]
    rows += [(_("Your reference"), order["po_number"])] if order["po_number"] else []
    vat_id = told.get("tax_facts", {}).get("vat_id")
    rows += [(_("Your VAT id"), vat_id)] if vat_id else []
    return _pairs(rows, [width * 0.34, width * 0.66])


def _pairs(rows: Sequence[tuple[str, str]], widths: Sequence[float]) -> Table:
    style = pages.styles()
    cells = [[pages.paragraph(name, style.label), pages.paragraph(value)] for name, value in rows]
    spare = [*_BARE, ("TOPPADDING", (0, 0), (-1, -1), 0), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5)]
    return Table(cells, list(widths), style=spare)


# A column of the lines: its head, its share of the width, whether it is of numbers, and what it shows of a line.
Column = tuple[str, float, bool, Callable[[Mapping[str, Any]], Any]]


def _columns(sheet: _Sheet, rows: Sequence[Mapping[str, Any]]) -> list[Column]:
    found: list[Column] = [(_("Description"), 0, False, _description)]
    found.append((_("Quantity"), 0.1, True, lambda row: str(row["units"]) if row["units"] else ""))
    found.append((_("Unit price"), 0.14, True, lambda row: sheet.money(row["unit_price"]) if row["units"] else ""))
    if any(row["discount"] for row in rows):
        found.append((_("Discount"), 0.13, True, lambda row: sheet.money(-row["discount"]) if row["discount"] else ""))
    if any(tax["name"] or tax["tax"] for row in rows for tax in row["taxes"]):
        found.append((_("Tax"), 0.1, True, _rates))
    found.append((_("Amount"), 0.15, True, lambda row: sheet.money(row["total"] - row["discount"])))
    return found


def _lines(sheet: _Sheet) -> list[Flowable]:
    """The table of what was bought; lines that are about their delivery alone are only in the sums."""
    style = pages.styles()
    rows = [row for row in content.printed(sheet.told) if row["units"] or row["total"] - row["discount"]]
    if not rows:
        return []
    columns = _columns(sheet, rows)
    rest = 1 - sum(share for _head, share, _is_number, _show in columns)
    widths = [sheet.width * (share or rest) for _head, share, _is_number, _show in columns]
    head = [
        pages.paragraph(head, style.label_right if is_number else style.label) for head, _w, is_number, _s in columns
    ]
    body = [[_cell(show(row), is_number) for _head, _share, is_number, show in columns] for row in rows]
    return [pages.table([head, *body], widths)]


def _cell(shown: Any, is_number: bool) -> Any:
    if not isinstance(shown, str):
        return shown
    return pages.paragraph(shown, pages.styles().right if is_number else None)


def _description(row: Mapping[str, Any]) -> list[Flowable]:
    style = pages.styles()
    if content.is_goodwill(row):
        is_rest = len(row.get("parts", ())) > 1 and not _rates(row)
        rest = [pages.paragraph(_("Not taxed"), style.small)] if is_rest else []
        return [pages.paragraph(_("Goodwill"), style.body), *rest]
    small = " · ".join(filter(None, [*row["options"], row["sku"]]))
    return [pages.paragraph(row["name"], style.body), pages.paragraph(small, style.small)]


def _rates(row: Mapping[str, Any]) -> str:
    return "\n".join(_percent(tax["rate"]) for tax in row["taxes"] if tax["name"] or tax["tax"])


def _sums(sheet: _Sheet) -> list[Flowable]:
    """What it comes to, and under it the taxes: what each rate is on."""
    style, sums = pages.styles(), sheet.told["totals"]
    delivery = f"{_('Delivery')} ({sheet.told['delivery_name']})" if sheet.told["delivery_name"] else _("Delivery")
    rows = [(_("Goods"), sums["goods"])] if sums["goods"] != sums["gross"] else []
    rows += [(delivery, sums["delivery"])] if sums["delivery"] else []
    rows += [(tax_name(tax), tax["tax"]) for tax in sheet.told["taxes"] if tax["tax"] and not tax["is_included"]]
    cells = [[pages.paragraph(name), pages.paragraph(sheet.money(minor), style.right)] for name, minor in rows]
    total = _("Total credited") if sheet.is_credit else _("Total")
    cells.append(
        [pages.paragraph(total, style.strong), pages.paragraph(sheet.money(sums["gross"]), style.right_strong)]
    )
    look = [
        ("LINEABOVE", (0, -1), (-1, -1), 0.75, pages.INK),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
    ]
    half = Table(cells, [sheet.width * 0.3, sheet.width * 0.2], style=[*look, *letterhead.NARROW], hAlign="RIGHT")
    return [Spacer(1, 3 * pages.mm), KeepTogether([half, Spacer(1, 6 * pages.mm), _breakdown(sheet)])]


def _breakdown(sheet: _Sheet) -> Table:
    style, sums = pages.styles(), sheet.told["totals"]
    heads = [pages.paragraph(_("Tax"), style.label)]
    heads += [pages.paragraph(head, style.label_right) for head in (_("Net"), _("Tax amount"), _("With tax"))]
    rows = [(tax_name(tax), tax["base"], tax["tax"], tax["base"] + tax["tax"]) for tax in sheet.told["taxes"]]
    if len(rows) != 1:
        rows.append((_("Total"), sums["net"], sums["tax"], sums["gross"]))
    cells = [
        [pages.paragraph(row[0]), *(pages.paragraph(sheet.money(n), style.right) for n in row[1:])] for row in rows
    ]
    return pages.table([heads, *cells], [sheet.width * share for share in (0.4, 0.2, 0.2, 0.2)])


def tax_name(tax: Mapping[str, Any]) -> str:
    """What people read for a tax of a document."""
    if not tax["name"] and not tax["tax"]:
        return _("Not taxed")
    name = f"{tax['name'] or _('Tax')} {_percent(tax['rate'])}".strip()
    return _("%(tax)s (in the prices)") % {"tax": name} if tax["is_included"] else name


def _percent(rate: str) -> str:
    try:
        return f"{format_decimal((Decimal(rate) * 100).normalize(), locale=_locale(), format='#,##0.####')} %"
    except InvalidOperation:
        return ""


def _locale() -> str:
    return translation.to_locale(translation.get_language() or "en")


def _payment(sheet: _Sheet) -> list[Flowable]:
    """How it is paid, in sentences; of what is to be sent, to where and by when."""
    paid = sheet.told["payment"]
    told = _corrected(sheet)
    if "settled" in paid:
        told += sentences.of(paid["settled"], is_credit=sheet.is_credit, money=sheet.money)
    else:  # an older paper, which reads as it always has
        told += _given_back(sheet, paid) if sheet.is_credit else _invoiced(sheet, paid)
    if reason := sheet.told.get("reason"):
        told.append(_("Reason: %(reason)s") % {"reason": reason})
    told += _asked_for(sheet, paid)
    blocks: list[Flowable] = [pages.paragraph(sentence) for sentence in told]
    if paid["open"]:
        rows = paying.transfer(paid["account"], sheet.told["order"]["number"])
        blocks += [Spacer(1, 2 * pages.mm), _pairs(rows, [sheet.width * 0.2, sheet.width * 0.8])]
    return [Spacer(1, 6 * pages.mm), KeepTogether(blocks)] if blocks else []


def _invoiced(sheet: _Sheet, paid: Mapping[str, Any]) -> list[str]:
    told = [_("Paid by %(by)s: %(amount)s") % _amount(sheet, part) for part in paid["paid"]]
    told += [
        _("%(by)s: %(amount)s was held when this was issued, to be taken when your parcels leave.")
        % _amount(sheet, part)
        for part in paid["held"]
    ]
    rest = paid["balance"] - paid["open"] - sum(part["minor"] for part in paid["held"])
    if rest > 0:
        told.append(_("Still to be paid for this order: %(amount)s") % {"amount": sheet.money(rest)})
    return told


def _corrected(sheet: _Sheet) -> list[str]:
    names = ", ".join(one["number"] for one in sheet.told["corrects"])
    values = {"amount": sheet.money(sheet.document.gross_minor), "invoice": names}
    return [_("This takes %(amount)s off %(invoice)s.") % values] if names else []


def _given_back(sheet: _Sheet, paid: Mapping[str, Any]) -> list[str]:
    back = min(sheet.document.gross_minor, -paid["balance"])
    return [_("We give back to you: %(amount)s") % {"amount": sheet.money(back)}] if back > 0 else []


def _asked_for(sheet: _Sheet, paid: Mapping[str, Any]) -> list[str]:
    """What is to be sent. A later paper of an order says what is due in all: the first one stands as it was."""
    if not paid["open"]:
        return []
    values = {"amount": sheet.money(paid["open"]), "date": _date(paid["due_on"])}
    if paid.get("is_later"):
        return [_("In all, %(amount)s is to be paid for this order by %(date)s, whatever earlier papers say. "
                  "Please send it to:") % values]  # fmt: skip
    return [_("Please pay %(amount)s by %(date)s to:") % values]


def _amount(sheet: _Sheet, part: Mapping[str, Any]) -> dict[str, str]:
    return {"by": part["by"], "amount": sheet.money(part["minor"])}


def _words(sheet: _Sheet) -> list[Flowable]:
    """Why no tax is charged, as the law wants it said, and the merchant's own."""
    words = filter(None, [tax_words.of_paper(sheet.told.get("tax_facts", {})), sheet.told["seller"]["footer"]])
    return [flowable for text in words for flowable in (Spacer(1, 5 * pages.mm), pages.paragraph(text))]


def _date(day: date | str) -> str:
    return formats.day(date.fromisoformat(day) if isinstance(day, str) else day)
