"""Which words of the delivery are translated."""

from __future__ import annotations

from cart.shipping.models import ShippingMethod


def in_use() -> list[str]:
    """The names of the ways of delivery that are offered."""
    return list(ShippingMethod.objects.filter(is_active=True).order_by("name").values_list("name", flat=True))
