"""Row locks on uses of coupons."""

from __future__ import annotations

from uuid import UUID

from cart.promotions.models import Redemption


def live_redemptions(order_id: UUID) -> list[Redemption]:
    """The order's uses that were not given back, locked, by coupon."""
    rows = Redemption.objects.select_for_update().filter(order_id=order_id, returned_at__isnull=True)
    return list(rows.order_by("coupon_id"))
