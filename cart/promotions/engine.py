"""What coupons take off: pure functions.

Codes are compared without case and surrounding or inner white space. Several coupons apply one after the other, in the
order entered, each to what the earlier ones left.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from shop.core.money import Money

Problem = Literal["unknown", "not_started", "expired", "used_up", "minimum", "currency"]


@dataclass(frozen=True, slots=True)
class Offer:
    """A coupon's terms. Either `percent` (0 < p ≤ 100) or `amount`; `minimum` is a subtotal."""

    code: str
    name: str
    percent: Decimal | None = None
    amount: Money | None = None
    minimum: Money | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_used_up: bool = False


@dataclass(frozen=True, slots=True)
class Discount:
    """What one coupon takes off (positive)."""

    code: str
    name: str
    amount: Money


def canonical(code: str) -> str:
    """A code as it is compared: compatibility-normalised, upper case, without white space; at most 40 characters."""
    return "".join(unicodedata.normalize("NFKC", code).upper().split())[:40]


def problem(offer: Offer, *, subtotal: Money, now: datetime) -> Problem | None:
    """Why `offer` takes nothing off this cart, or None."""
    checks: tuple[tuple[bool, Problem], ...] = (
        (offer.starts_at is not None and now < offer.starts_at, "not_started"),
        (offer.ends_at is not None and now >= offer.ends_at, "expired"),
        (offer.is_used_up, "used_up"),
        (offer.amount is not None and offer.amount.currency != subtotal.currency, "currency"),
        (
            offer.minimum is not None and offer.minimum.currency == subtotal.currency and subtotal < offer.minimum,
            "minimum",
        ),
    )
    return next((name for fails, name in checks if fails), None)


def apply(offers: Sequence[Offer], *, subtotal: Money) -> list[Discount]:
    """What each applicable offer takes off, in order; never more than is left. Percentages round half up."""
    left, discounts = subtotal, []
    for offer in offers:
        if offer.percent is not None:
            exact = left.minor * offer.percent / 100
            amount = Money(int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)), left.currency)
        else:
            amount = offer.amount or Money.zero(left.currency)
        amount = min(amount, left)
        if amount:
            discounts.append(Discount(offer.code, offer.name, amount))
            left = left - amount
    return discounts
