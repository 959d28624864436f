"""The locks of purchase orders: an order with its lines changes only under the order's lock, before any stock row."""

from __future__ import annotations

from uuid import UUID

from django.db import connections

from inventory.suppliers.models import PurchaseOrder, PurchaseOrderLine
from shop.core import db


def order_and_lines(order_id: UUID) -> tuple[PurchaseOrder, list[PurchaseOrderLine]]:
    """Lock a purchase order and read its lines, by SKU. Raises `PurchaseOrder.DoesNotExist`."""
    order = (
        PurchaseOrder.objects.using(db.INVENTORY)
        .select_related("location", "supplier")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=order_id)
    )
    return order, list(PurchaseOrderLine.objects.using(db.INVENTORY).filter(order_id=order.pk))


def reordering() -> None:
    """One proposal at a time becomes orders, until the transaction ends: two clicks must not order twice."""
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('inventory.suppliers.reorder', 0))")
