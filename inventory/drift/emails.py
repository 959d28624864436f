"""The mail that says that counters and rows disagree."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse

from inventory.stock import emails
from shop.core import requests


def drift(*, check_id: UUID, drift: int, findings: Sequence[str]) -> None:
    """Tell staff what a check found, each address once."""
    emails.to_staff(
        key=f"stock_drift:{check_id}",
        template="stock_drift",
        context={
            "count": drift,
            "findings": list(findings),
            "url": requests.absolute(reverse("admin:inventory_stockcheck_change", args=[check_id])),
        },
    )
