"""Row locks on promotions and on their uses."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connections

from cart.promotions.models import CodeBatch, Promotion, Redemption
from shop.core import db


@dataclass(frozen=True, slots=True)
class Limits:
    """None: without."""

    usage: int | None
    customer: int | None
    budget: int | None


def limits(promotion_id: UUID) -> Limits | None:
    """The limits of an active promotion, which do not change until this transaction ends; others may read them, too.
    None if it is not active.
    """
    with connections[db.DEFAULT].cursor() as cursor:
        cursor.execute(
            "SELECT usage_limit, customer_limit, budget_minor FROM cart_promotion "
            "WHERE id = %s AND status = 'active' FOR KEY SHARE",
            [promotion_id],
        )
        row = cursor.fetchone()
    return Limits(*row) if row else None


def alone(promotion_id: UUID) -> bool:
    """Wait for the orders that use the promotion now, and keep others from it. Whether there is such a promotion."""
    return Promotion.objects.select_for_update().filter(pk=promotion_id).values_list("pk").first() is not None


def batch(batch_id: UUID) -> CodeBatch:
    """The batch, locked while coupons are made for it."""
    return CodeBatch.objects.select_for_update().get(pk=batch_id)


def live_redemptions(order_id: UUID) -> list[Redemption]:
    """The order's uses that were not given back, locked, by promotion."""
    rows = Redemption.objects.select_for_update().filter(order_id=order_id, returned_at__isnull=True)
    return list(rows.order_by("promotion_id"))
