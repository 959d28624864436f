"""The lock of an order: taken first of all, before payments, shipments and stock."""

from __future__ import annotations

from uuid import UUID

from checkout.orders.models import Order


def order(order_id: UUID) -> Order:
    """The order, locked until the caller's transaction ends. Raises `Order.DoesNotExist`."""
    return Order.objects.select_for_update().get(pk=order_id)
