"""The limits of a cart and what a quantity is; pure."""

from __future__ import annotations

from datetime import timedelta

MAX_QUANTITY = 999  # of one line
MAX_LINES = 100
MAX_COUPONS = 5
GUEST_LIFE = timedelta(days=7)
CUSTOMER_LIFE = timedelta(days=30)
REFRESH_AFTER = timedelta(days=1)  # looking at a cart prolongs its life, written at most this often


def quantity_of(value: object) -> int | None:
    """A whole number of units from what a form or JSON body holds; None when it is not one.

    Takes ints and plain ASCII digits ("3", " 3 "); refuses signs, fractions, exponents, booleans and floats.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str):
        text = value.strip()
        if text.isascii() and text.isdigit() and len(text) <= 9:
            return int(text)
    return None


def life(*, is_guest: bool) -> timedelta:
    """How long a cart lives after it was last used."""
    return GUEST_LIFE if is_guest else CUSTOMER_LIFE


def capped(wanted: int, available: int) -> int:
    """As many of the `wanted` units as a line may hold."""
    return max(0, min(wanted, available, MAX_QUANTITY))
