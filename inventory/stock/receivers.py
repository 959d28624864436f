"""What the stock does when something has happened. Each may run twice and makes one call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from inventory.stock import alerts


def alert_low(data: dict[str, Any]) -> None:
    """On `StockLow`: tell those who look after the stock."""
    alerts.raise_low(variant_id=UUID(data["variant_id"]), location_id=UUID(data["location_id"]))
