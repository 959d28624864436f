"""Promotions and their coupons."""

from __future__ import annotations

from typing import Any

from cart.promotions import selectors, services
from cart.promotions.models import Coupon, Promotion

OF_COUPON = ("usage_limit", "is_active", "used")


def promotion(kind: str = "percent", lane: str = "order", **fields: Any) -> Promotion:
    """One in force, 10 % off the whole order unless said otherwise."""
    terms = {"percent": "10"} if kind == "percent" else {}
    row = Promotion(**{"name": "10 % off", "status": "active", "kind": kind, "lane": lane, "terms": terms, **fields})
    services.save(row)
    selectors.forget()  # in tests whose transaction does not end
    return row


def coupon(code: str = "SAVE10", **fields: Any) -> Coupon:
    """One of a promotion of its own, on top of those of other coupons; `percent` other than 10, from a `minimum` (USD
    cents) on.
    """
    own = {name: fields.pop(name) for name in OF_COUPON if name in fields}
    terms = {"percent": str(fields.pop("percent", 10))}
    minimum = fields.pop("minimum", 0)
    conditions = {"minimum": {"USD": minimum}} if minimum else {}
    made = promotion(**{"needs_code": True, "is_combinable": True, "terms": terms, "conditions": conditions, **fields})
    return Coupon.objects.create(promotion=made, code=code, **own)
