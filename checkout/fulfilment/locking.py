"""Locks of shipments: taken after the order's."""

from __future__ import annotations

from uuid import UUID

from checkout.fulfilment.models import Shipment
from checkout.orders import locking as orders
from checkout.orders.models import Order


def order_and_shipments(order_id: UUID) -> tuple[Order, list[Shipment]]:
    """An order and its shipments that are not cancelled, locked, oldest first. Raises `Order.DoesNotExist`."""
    order = orders.order(order_id)
    rows = Shipment.objects.select_for_update().filter(order_id=order_id).exclude(status=Shipment.Status.CANCELLED)
    return order, list(rows.order_by("id"))


def order_and_shipment(shipment_id: UUID) -> tuple[Order, Shipment]:
    """A shipment, whatever its status, and its order; both and the order's other shipments are locked.

    Raises `Shipment.DoesNotExist`.
    """
    order_id = Shipment.objects.values_list("order_id", flat=True).get(pk=shipment_id)
    order, shipments = order_and_shipments(order_id)
    for shipment in shipments:
        if shipment.pk == shipment_id:
            return order, shipment
    return order, Shipment.objects.get(pk=shipment_id)
