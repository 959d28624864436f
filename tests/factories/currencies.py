"""Currencies beside the shop's own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from shop.currencies import selectors, services
from shop.currencies.models import Currency


def currency(code: str = "EUR", rate: str | None = "0.92", **values: Any) -> Currency:
    """One that shoppers can choose, converted unless said otherwise."""
    made = services.keep(
        code=code,
        values={"is_active": True, "is_converted": True, "rate": Decimal(rate) if rate else None, **values},
        by="test",
    )
    selectors.forget()  # in tests whose transaction does not end
    return made
