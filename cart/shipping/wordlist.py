"""Which words of the delivery are translated."""

from __future__ import annotations

from cart.shipping.models import ShippingMethod, ShippingPoint


def in_use() -> list[str]:
    """The names of the ways of delivery that are offered; what the places are called that things come from or are
    collected at, and when they are open.
    """
    ways = ShippingMethod.objects.filter(is_active=True).order_by("name").values_list("name", flat=True)
    places = ShippingPoint.objects.order_by("name").values_list("name", "opening_hours")
    return [*ways, *(text for place in places for text in place)]
