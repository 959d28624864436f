"""What follows for those who wait. Each may run twice and makes one call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from catalog.restock import emails, services


def mail_joined(data: dict[str, Any]) -> None:
    """Confirm the place in the line."""
    emails.joined(entry_id=UUID(data["entry_id"]))


def mail_held(data: dict[str, Any]) -> None:
    """Tell whose turn it is; what is held for nobody passes on at once."""
    services.tell(entry_id=UUID(data["entry_id"]))
