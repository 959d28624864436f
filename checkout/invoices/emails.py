"""The mails with an invoice or a credit note."""

from __future__ import annotations

from uuid import UUID

from django.utils import translation

from checkout.invoices import selectors
from checkout.orders import emails
from checkout.orders import selectors as orders


def document(*, document_id: UUID) -> None:
    """Send an invoice or credit note with its file, once. The mail's template has the name of its kind."""
    found = selectors.whole(document_id)
    order = orders.by_id(found.order_id)
    with translation.override(order.language):
        told = {
            "number": found.number,
            "total": emails.text(found.gross),
            "corrects": ", ".join(one["number"] for one in found.content["corrects"]),
        }
    emails.send(order, found.kind, key=found.number, document=told, attachments=[f"document:{found.pk}"])
