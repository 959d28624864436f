"""A made-up invoice that shows a merchant what the details look like on paper. Nothing of it is stored."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from checkout.invoices import content, pdf, rules
from checkout.invoices.models import Document, InvoiceDetails
from checkout.orders.models import Order, OrderLine
from checkout.orders.rules import Amounts
from shop.core import db

_RATE = Decimal("0.20")


def invoice(details: InvoiceDetails) -> bytes:
    """The PDF of an invoice for two things with 20 % tax in their prices."""
    moment = db.clock()
    address = {
        "first_name": _("Jo"),
        "last_name": _("Sample"),
        "address1": _("1 Sample Street"),
        "city": _("Sampleton"),
    }
    order = Order(
        number="ORD-0000000000", placed_at=moment, currency=settings.DEFAULT_CURRENCY, language=settings.LANGUAGE_CODE,
        email="jo@example.com", shipping_address=address, delivery_name=_("Standard"), po_number="",
    )  # fmt: skip
    found = [_line(1, _("Travel mug"), 2, 2400), _line(2, _("Desk lamp"), 1, 8900)]
    lines = {str(line.pk): _entry(line) for line in found}
    sums = rules.totals(lines)
    payment: dict[str, Any] = {
        "paid": [{"by": _("Card"), "minor": sums.gross}], "held": [], "refunded": 0, "open": 0, "due_on": "",
        "account": {}, "balance": 0,
    }  # fmt: skip
    settled = [{"kind": "paid", **part} for part in payment["paid"]]
    return pdf.render(
        Document(
            kind=Document.Kind.INVOICE,
            number=rules.number(details.invoice_series, moment.year, 0),
            currency=order.currency,
            issued_on=timezone.localdate(moment),
            net_minor=sums.net,
            tax_minor=sums.tax,
            gross_minor=sums.gross,
            content=content.snapshot(content.Sheet(order, found, details, address, payment), lines, settled=settled),
        )
    )


def _line(position: int, name: str, units: int, price: int) -> OrderLine:
    return OrderLine(
        pk=UUID(int=position), sku=f"SKU-{position}", name=name, options={}, quantity=units, unit_price_minor=price,
        total_minor=price * units,
    )  # fmt: skip


def _entry(line: OrderLine) -> rules.Entry:
    tax = round(line.total_minor * _RATE / (1 + _RATE))
    amounts = Amounts(total=line.total_minor, tax=tax, included=tax)
    return rules.entry(line.quantity, amounts, [rules.Tax((_("VAT"), str(_RATE), True), tax, is_on_shipping=True)])
