"""The mails with an invoice or a credit note."""

from __future__ import annotations

from uuid import UUID

from django.utils import translation

from checkout.invoices import paying, selectors
from checkout.orders import emails
from checkout.orders import selectors as orders
from shop.core import formats


def document(*, document_id: UUID) -> None:
    """Send an invoice or credit note with its file, once. The mail's template has the name of its kind."""
    found = selectors.whole(document_id)
    order = orders.by_id(found.order_id)
    with translation.override(order.language):
        told = {
            "number": found.number,
            "total": formats.money(found.gross),
            "corrects": ", ".join(one["number"] for one in found.content["corrects"]),
            "replaces": ", ".join(one["number"] for one in found.content.get("replaces", [])),
            "reason": found.content.get("reason", ""),
        }
        to_pay = paying.asked_for(order)  # now: a paper keeps what was to be paid when it was issued
    emails.send(
        order, found.kind, key=found.number, document=told, to_pay=to_pay, attachments=[f"document:{found.pk}"]
    )  # fmt: skip
