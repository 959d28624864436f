"""A purchase order on its way to the supplier: as an e-mail, with the lines as CSV."""

from __future__ import annotations

import csv
import io
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from inventory.suppliers import rules, selectors, services
from inventory.suppliers.models import PurchaseOrder
from inventory.suppliers.services import PurchaseRefused
from shop.core import formats
from shop.core.money import Money
from shop.notifications import services as notifications

COLUMNS = ["purchase order", "sku", "supplier sku", "quantity", "unit cost", "currency"]


def send(*, order_id: UUID, before: int, by: str) -> bool:
    """Queue the purchase order to its supplier; True if this call did. `before`: how often it had been sent when asked.

    Two clicks on one page ask for the same mail, so it goes once. Raises `PurchaseRefused` for a draft, for an ended
    one, and without an address.
    """
    order = selectors.order(order_id)
    if order is None or order.status not in rules.OPEN:
        raise PurchaseRefused(_("Only what is ordered can be sent."))
    if not order.supplier.email:
        raise PurchaseRefused(_("%(name)s has no e-mail address.") % {"name": order.supplier.name})
    with translation.override(settings.LANGUAGE_CODE):
        context = context_of(order)
    is_new = notifications.queue(
        key=f"purchase_order:{order.pk}:{before}",
        template="purchase_order",
        to=order.supplier.email,
        language=settings.LANGUAGE_CODE,
        context=context,
    )
    services.note_sent(order_id=order.pk, before=before, by=by)
    return is_new


def context_of(order: PurchaseOrder) -> dict[str, Any]:
    """The purchase order as its mail shows it: JSON, texts in the active language."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "attachments": [f"purchase-order:{order.pk}"],
        "number": order.number,
        "supplier": order.supplier.name,
        "location": order.location.name,
        "expected_on": formats.day(order.expected_on) if order.expected_on else None,
        "note": order.note,
        "lines": [
            {
                "sku": line.sku,
                "supplier_sku": line.supplier_sku,
                "quantity": line.ordered,
                "cost": line.cost.format(language),
                "total": Money(line.cost_minor * line.ordered, order.currency).format(language),
            }
            for line in order.lines.all()
        ],
        "total": selectors.total(order).format(language),
    }


def attachment(key: str) -> tuple[str, bytes, str]:
    """The CSV of the purchase order with this id, as its mail carries it. Raises `LookupError` if there is none."""
    order = selectors.order(UUID(key))
    if order is None:
        raise LookupError(key)
    return f"{order.number}.csv", as_csv(order).encode(), "text/csv"


def as_csv(order: PurchaseOrder) -> str:
    """The lines of a purchase order for a spreadsheet."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for line in order.lines.all():
        cells = [order.number, line.sku, line.supplier_sku, line.ordered, str(line.cost.decimal), order.currency]
        table.writerow(_inert(cell) for cell in cells)
    return out.getvalue()


def _inert(cell: object) -> object:
    """A text that a spreadsheet would take for a formula is quoted."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
