"""Which words of promotions are translated."""

from __future__ import annotations

from cart.promotions.models import Promotion


def in_use() -> list[str]:
    """The names that shoppers read of promotions that are on."""
    rows = Promotion.objects.filter(status=Promotion.Status.ACTIVE)
    return list(rows.order_by("name").values_list("name", flat=True))
