"""What the warehouse does when something has happened."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from checkout.warehouse import printing


def draw(data: dict[str, Any]) -> None:
    """Draw the papers that were asked for."""
    printing.draw(job_id=UUID(data["job_id"]))
