"""Whether coupons were used as often as their counters say: I9."""

from __future__ import annotations

from shop.core import db, invariants
from shop.core.invariants import Check

_COUNTED: tuple[Check, ...] = (
    (
        "coupon {0}: used {1} times by its counter, {2} times by its redemptions",
        """
        SELECT coupon.code, coupon.used, count(live.id)
        FROM cart_coupon coupon
        LEFT JOIN cart_redemption live ON live.coupon_id = coupon.id AND live.returned_at IS NULL
        GROUP BY coupon.id HAVING coupon.used <> count(live.id)
        """,
    ),
    (
        "coupon {0}: used {1} times, at most {2} are allowed",
        "SELECT code, used, usage_limit FROM cart_coupon WHERE used > usage_limit",
    ),
    (
        "coupon {0}: redeemed {1} times by order {2}",
        """
        SELECT coupon.code, count(*), redemption.order_id
        FROM cart_redemption redemption JOIN cart_coupon coupon ON coupon.id = redemption.coupon_id
        GROUP BY coupon.code, redemption.order_id HAVING count(*) > 1
        """,
    ),
)


def counted() -> list[str]:
    """I9: uses = live redemptions ≤ limit."""
    return invariants.sentences(db.DEFAULT, _COUNTED)
