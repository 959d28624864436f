"""Rates as carriers' files and answers have them: `{"service", "price", "currency", "days": [2, 4]}`. Pure."""

from __future__ import annotations

from typing import Any

from cart.shipping.carriers.base import CarrierUnavailable, Rate
from shop.core.money import BadAmount, Money

MOST_DAYS = 365
MOST_ROWS = 5_000


def rate(row: Any) -> Rate:
    """One rate. Raises `CarrierUnavailable` for what is none, also for a price below zero."""
    try:
        price = Money.of(str(row["price"]), str(row["currency"]))
        least, most = (int(one) for one in row["days"])
        service = str(row["service"])
    except (KeyError, TypeError, ValueError, BadAmount) as error:
        raise CarrierUnavailable(f"no rate: {error}") from error
    if price.minor < 0 or not 0 <= least <= most <= MOST_DAYS:
        raise CarrierUnavailable("a rate below zero, or days that cannot be")
    return Rate(service, price, least, most)


def rows(told: Any) -> list[Any]:
    """The rows of an answer. Raises `CarrierUnavailable`."""
    if not isinstance(told, list) or len(told) > MOST_ROWS or not all(isinstance(one, dict) for one in told):
        raise CarrierUnavailable("not a list of rates")
    return told
