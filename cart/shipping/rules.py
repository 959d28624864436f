"""What a delivery costs and when it comes: pure functions."""

from __future__ import annotations

from datetime import date, timedelta

from shop.core.money import Money


def shipping_price(*, price: Money, free_from: Money | None, subtotal: Money) -> Money:
    """The method's price, or nothing from a subtotal (after discount) of `free_from`."""
    if free_from is not None and subtotal >= free_from:
        return Money.zero(price.currency)
    return price


def arrival(today: date, days: int) -> date:
    """The date `days` working days (Monday to Friday) after `today`."""
    day = today
    while days > 0:
        day += timedelta(days=1)
        if day.weekday() < 5:
            days -= 1
    return day
