"""What returns do when something has happened. Each may run twice and makes one call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from checkout.returns import emails, exchanging
from checkout.returns import services as returns

BY = "system"


def restock(data: dict[str, Any]) -> None:
    """Put units that were found good back on the shelf."""
    returns.restock(return_id=UUID(data["return_id"]), by=BY)


def complete_exchange(data: dict[str, Any]) -> None:
    """Add to the order what was wanted instead, unless that was done at once."""
    exchanging.complete(reimbursement_id=UUID(data["reimbursement_id"]), by=BY)


def issue_papers(data: dict[str, Any]) -> None:
    """Issue the papers of what was given back; those of an exchange are issued once it is made."""
    exchanging.issue_papers(reimbursement_id=UUID(data["reimbursement_id"]), by=BY)


def note_back(data: dict[str, Any]) -> None:
    """See whether all that is left of a changed order is back."""
    exchanging.see_what_is_back(order_id=UUID(data["order_id"]), by=BY)


def mail_requested(data: dict[str, Any]) -> None:
    """Tell the shopper that the wish is here."""
    emails.requested(return_id=UUID(data["return_id"]))


def mail_approved(data: dict[str, Any]) -> None:
    """Tell the shopper where to send it, with the label."""
    emails.approved(return_id=UUID(data["return_id"]))


def mail_refused(data: dict[str, Any]) -> None:
    """Tell the shopper why not."""
    emails.refused(return_id=UUID(data["return_id"]))


def mail_received(data: dict[str, Any]) -> None:
    """Tell the shopper, once, that something has arrived."""
    emails.received(return_id=UUID(data["return_id"]))


def mail_rejected(data: dict[str, Any]) -> None:
    """Tell the shopper that nothing is given back, and what was found."""
    emails.rejected(return_id=UUID(data["return_id"]))


def mail_settled(data: dict[str, Any]) -> None:
    """Tell the shopper what was given back, and where to; of an exchange once it is made."""
    emails.settled(reimbursement_id=UUID(data["reimbursement_id"]))
