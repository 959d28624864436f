"""Whether carts, coupons and orders agree: I9, I11 and I13."""

from __future__ import annotations

from shop.core import db, invariants
from shop.core.invariants import Check

# Cart, promotions and orders share a database, so one query sees both sides. What an event is still to do counts as
# done: I10 watches the events.
_OWED = """
    EXISTS (SELECT FROM shop_delivery owed
            WHERE owed.status <> 'done' AND owed.aggregate_id = "order".id::text
              AND owed.subscriber = 'checkout.purchase.receivers.give_back_cart')
"""
_COUPONS: tuple[Check, ...] = (
    (
        "use {0} of a promotion belongs to order {1}, which does not exist",
        """
        SELECT redemption.id, redemption.order_id FROM cart_redemption redemption
        WHERE NOT EXISTS (SELECT FROM checkout_order "order" WHERE "order".id = redemption.order_id)
          AND NOT EXISTS (SELECT FROM checkout_archivedorder archived WHERE archived.id = redemption.order_id)
        """,
    ),
    (
        "order {0} is cancelled, but its use of {1} was not given back",
        f"""
        SELECT "order".number, COALESCE('coupon ' || coupon.code, 'promotion ' || promotion.name)
        FROM cart_redemption redemption
        LEFT JOIN cart_coupon coupon ON coupon.id = redemption.coupon_id
        LEFT JOIN cart_promotion promotion ON promotion.id = redemption.promotion_id
        JOIN checkout_order "order" ON "order".id = redemption.order_id
        WHERE redemption.returned_at IS NULL AND "order".status = 'cancelled' AND NOT {_OWED}
        """,  # noqa: S608
    ),
)
_CARTS: tuple[Check, ...] = (
    (
        "cart {0} was ordered, but there is no order of it",
        """
        SELECT cart.id FROM cart_cart cart
        WHERE cart.status = 'ordered'
          AND NOT EXISTS (SELECT FROM checkout_order "order" WHERE "order".cart_id = cart.id)
          AND NOT EXISTS (SELECT FROM checkout_archivedorder archived WHERE archived.cart_id = cart.id)
        """,
    ),
)
_ENDED: tuple[Check, ...] = (
    (
        "order {0} waits for its payment since {1}, longer than any payment may take",
        """
        SELECT number, placed_at FROM checkout_order
        WHERE status IN ('pending', 'payment_pending') AND placed_at < statement_timestamp() - interval '7 days'
        """,
    ),
    (
        "order {0} waits for a card payment since {1}",
        """
        SELECT "order".number, "order".placed_at FROM checkout_order "order"
        WHERE "order".status IN ('pending', 'payment_pending')
          AND "order".placed_at BETWEEN statement_timestamp() - interval '7 days'
                                    AND statement_timestamp() - interval '6 hours'
          AND NOT EXISTS (SELECT FROM checkout_payment payment
                          WHERE payment.order_id = "order".id AND payment.provider = 'bank_transfer')
        """,
    ),
)
_LINE: tuple[Check, ...] = (
    (
        "click {0} waits in the checkout's line since {1}",
        """
        SELECT number, joined_at FROM checkout_queuedorder
        WHERE status IN ('waiting', 'working') AND joined_at < statement_timestamp() - interval '1 hour'
        """,
    ),
    (
        "click {0} of the checkout's line became order {1}, which does not exist",
        """
        SELECT queued.number, queued.order_id FROM checkout_queuedorder queued
        WHERE queued.order_id IS NOT NULL
          AND NOT EXISTS (SELECT FROM checkout_order "order" WHERE "order".id = queued.order_id)
          AND NOT EXISTS (SELECT FROM checkout_archivedorder archived WHERE archived.id = queued.order_id)
        """,
    ),
)


def coupons_of_orders() -> list[str]:
    """I9: a coupon's use belongs to an order, and is given back when that is cancelled."""
    return invariants.sentences(db.DEFAULT, _COUPONS)


def carts_became_orders() -> list[str]:
    """I11: no cart was closed for an order that is lost."""
    return invariants.sentences(db.DEFAULT, _CARTS)


def unpaid_orders_end() -> list[str]:
    """I13: an unpaid order is cancelled in the end."""
    return invariants.sentences(db.DEFAULT, _ENDED)


def turns_come() -> list[str]:
    """I13, I11: nobody waits in the checkout's line for ever, and whoever was served has an order."""
    return invariants.sentences(db.DEFAULT, _LINE)
