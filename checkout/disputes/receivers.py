"""What disputes do when something has happened. Each may run twice and makes one call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from checkout.disputes import emails


def mail_staff(data: dict[str, Any]) -> None:
    """Tell staff that money was called back, or how that ended."""
    emails.dispute_changed(dispute_id=UUID(data["dispute_id"]), status=data["status"])
