"""Whether promotions were used as often as their counters say: I9."""

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
        "promotion {0}: used {1} times for {2} by its counters, {3} times for {4} by its redemptions",
        """
        SELECT promotion.name, promotion.used, promotion.spent_minor,
               count(live.id), COALESCE(sum(live.amount_minor), 0)
        FROM cart_promotion promotion
        LEFT JOIN cart_redemption live ON live.promotion_id = promotion.id AND live.returned_at IS NULL
        WHERE promotion.usage_limit IS NOT NULL OR promotion.budget_minor IS NOT NULL
        GROUP BY promotion.id
        HAVING promotion.used <> count(live.id) OR promotion.spent_minor <> COALESCE(sum(live.amount_minor), 0)
        """,
    ),
    (
        "promotion {0}: used {1} times for {2}, at most {3} for {4} are allowed",
        """
        SELECT name, used, spent_minor, usage_limit, budget_minor FROM cart_promotion
        WHERE used > usage_limit OR spent_minor > budget_minor
        """,
    ),
    (
        "promotion {0}: a customer used it {1} times by the counter, {2} times by redemptions",
        """
        SELECT promotion.name, mine.used, count(live.id)
        FROM cart_customeruse mine JOIN cart_promotion promotion ON promotion.id = mine.promotion_id
        LEFT JOIN cart_redemption live ON live.promotion_id = mine.promotion_id
             AND live.customer_key = mine.customer_key AND live.returned_at IS NULL
        WHERE promotion.customer_limit IS NOT NULL
        GROUP BY promotion.id, mine.id HAVING mine.used <> count(live.id)
        """,
    ),
    (
        "promotion {0}: redeemed {1} times by order {2}",
        """
        SELECT promotion.name, count(*), redemption.order_id
        FROM cart_redemption redemption JOIN cart_promotion promotion ON promotion.id = redemption.promotion_id
        GROUP BY promotion.id, redemption.order_id HAVING count(*) > 1
        """,
    ),
)


def counted() -> list[str]:
    """I9: uses = live redemptions ≤ limit, of promotions, coupons and customers."""
    return invariants.sentences(db.DEFAULT, _COUNTED)
