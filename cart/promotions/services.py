"""Use coupons, and give uses back."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now, Upper

from cart.promotions import locking
from cart.promotions.engine import Discount
from cart.promotions.models import Coupon, Redemption
from shop.core import db


class CouponUsedUp(Exception):
    """A coupon of the order was used up, or switched off, since the quote. `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def redeem(*, discounts: Sequence[Discount], order_id: UUID, customer_id: UUID | None) -> None:
    """Count one use of each coupon for the order, inside the order's transaction. Raises `CouponUsedUp`.

    One conditional UPDATE per coupon, in the order of their codes so that two orders cannot deadlock: the row lock it
    takes and the CHECK on the table make the limit exact under concurrency (I9).
    """
    for discount in sorted(discounts, key=lambda one: one.code):
        coupon = Coupon.objects.alias(upper=Upper("code")).filter(upper=discount.code, is_active=True)
        counted = coupon.filter(Q(usage_limit__isnull=True) | Q(used__lt=F("usage_limit"))).update(used=F("used") + 1)
        if not counted:
            raise CouponUsedUp(discount.code)
        Redemption.objects.create(
            coupon=coupon.get(), order_id=order_id, customer_id=customer_id, amount_minor=discount.amount.minor
        )


def give_back(*, order_id: UUID) -> int:
    """Return the uses of a cancelled order, once; returns how many. Joins or opens a transaction."""
    with transaction.atomic(using=db.DEFAULT):
        rows = locking.live_redemptions(order_id)
        for row in rows:
            Coupon.objects.filter(pk=row.coupon_id).update(used=F("used") - 1)
        Redemption.objects.filter(pk__in=[row.pk for row in rows]).update(returned_at=Now())
    return len(rows)
