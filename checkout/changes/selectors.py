"""Reads for changes: which units are still here, and what was changed."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Sum

from checkout.changes import rules
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders.models import Order, OrderChange, OrderLine

_GONE = (Shipment.Status.SHIPPED, Shipment.Status.DELIVERED)


def units(order_id: UUID, lines: Sequence[OrderLine]) -> dict[UUID, rules.Units]:
    """Of each line, how many units there are, have left and came back. One query."""
    left = ShipmentLine.objects.filter(order_id=order_id, shipment__status__in=_GONE)
    gone = dict(left.values_list("order_line").annotate(Sum("quantity")))
    return {line.pk: rules.Units(line.quantity, gone.get(line.pk, 0), line.returned) for line in lines}


def change(change_id: UUID) -> OrderChange:
    """A change with its order. Raises `OrderChange.DoesNotExist`."""
    return OrderChange.objects.select_related("order").get(pk=change_id)


def changes_of(order: Order) -> list[OrderChange]:
    """Oldest first."""
    return list(order.changes.order_by("revision"))
