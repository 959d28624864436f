"""What invoices do when something has happened. Each may run twice and makes one call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from checkout.invoices import emails
from checkout.invoices import services as invoices

BY = "system"


def settle(data: dict[str, Any]) -> None:
    """Issue the invoice or credit note that an order lacks, now that it costs something else."""
    invoices.settle(UUID(data["order_id"]), by=BY)


def mail_document(data: dict[str, Any]) -> None:
    """Send the shopper an invoice or credit note."""
    emails.document(document_id=UUID(data["document_id"]))
