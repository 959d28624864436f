"""The paper of a return: a label for the outside of the parcel, and a slip for the inside, with the same barcode."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext
from reportlab.graphics.barcode.code128 import Code128
from reportlab.platypus import HRFlowable, Spacer

from checkout.orders import emails
from checkout.returns import selectors
from checkout.returns.models import Return
from shop.core import pdf as paper

_WIDTHS = (20 * paper.mm, 100 * paper.mm, 50 * paper.mm)


def pdf(found: Return) -> bytes:
    """The label and slip of a return whose order is fetched along, in the order's language. Two queries."""
    with override(found.order.language):
        is_paid = found.label_paid_by == "shop"
        return draw(
            found.number,
            sender=emails.address_lines(found.order.shipping_address),
            receiver=settings.RETURN_ADDRESS,
            items=[
                (str(line.quantity), line.order_line.name, line.order_line.sku) for line in selectors.lines_of(found.pk)
            ],
            note=_("Postage is paid by the shop.") if is_paid else _("Please put a stamp here."),
        )


def draw(
    number: str, *, sender: Sequence[str], receiver: Sequence[str], items: Sequence[tuple[str, str, str]], note: str
) -> bytes:  # fmt: skip
    """A page: who sends it and where to, the barcode of the return's number; below the line what is in it.

    `items` are (units, name, SKU). The same input gives the same bytes.
    """
    look = paper.styles()
    label: list[Any] = [
        paper.paragraph(note, look.small_right),
        paper.paragraph(pgettext("sender", "From"), look.label),
        *(paper.paragraph(line, look.small) for line in sender),
        Spacer(0, 6 * paper.mm),
        paper.paragraph(_("Return to"), look.label),
        *(paper.paragraph(line, look.title) for line in receiver),
        Spacer(0, 6 * paper.mm),
        _barcode(number, height=20),
        paper.paragraph(number, look.title),
    ]
    cut: list[Any] = [Spacer(0, 8 * paper.mm), HRFlowable(width="100%", dash=(2, 2)), Spacer(0, 8 * paper.mm)]
    head = [paper.paragraph(word, look.label) for word in (_("Units"), _("Item"), "SKU")]
    slip: list[Any] = [
        paper.paragraph(_("Put this part into the parcel"), look.label),
        paper.paragraph(number, look.strong),
        _barcode(number, height=12),
        Spacer(0, 4 * paper.mm),
        paper.table([head, *([paper.paragraph(cell) for cell in row] for row in items)], _WIDTHS),
    ]
    return paper.render([*label, *cut, *slip], title=number, author=settings.SHOP_NAME, size=paper.LETTER)


def _barcode(number: str, *, height: float) -> Code128:
    return Code128(number, barWidth=0.45 * paper.mm, barHeight=height * paper.mm, quiet=False)
