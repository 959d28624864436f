"""What the line does when something has happened. Each may run twice and makes one call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from inventory.waitlist import services


def offer(data: dict[str, Any]) -> None:
    """On `StockChanged`: units may have come; hold them for those next in turn."""
    services.offer(variant_id=UUID(data["variant_id"]))
