"""Reads of suppliers and purchase orders: what is on its way, and what ought to be ordered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connections
from django.db.models import F, Sum
from django.urls import reverse

from inventory.stock.models import Location
from inventory.suppliers import rules
from inventory.suppliers.models import PurchaseOrder, PurchaseOrderLine, Receipt, SupplierItem
from shop.core import db
from shop.core.links import Link
from shop.core.money import Money

MOST_SUGGESTIONS = 500


def incoming(variant_ids: Iterable[UUID]) -> dict[tuple[UUID, UUID], int]:
    """Units ordered and not yet here, by (variant, location id); places that nothing comes to are absent. One query.

    Transfers between locations are the stock's and do not count here.
    """
    rows = (
        PurchaseOrderLine.objects.using(db.INVENTORY)
        .filter(variant_id__in=list(variant_ids), order__status__in=rules.OPEN, received__lt=F("ordered"))
        .values_list("variant_id", "order__location_id")
        .annotate(units=Sum(F("ordered") - F("received")))
    )
    return {(variant, location): units for variant, location, units in rows}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An item that is low, counting what is on its way: `quantity` units of it from its first supplier."""

    supplier_id: UUID
    supplier: str
    location_id: UUID
    location: str
    item: SupplierItem
    available: int
    incoming: int
    threshold: int
    quantity: int

    @property
    def cost(self) -> Money:
        """What they come to."""
        return Money(self.item.cost_minor * self.quantity, self.item.supplier.currency)


# Drafts count as on their way: what was proposed and waits for somebody's word is not to be proposed again. Transfers
# are known by their tables' names only: they stand beside this component.
_LOW = """
    SELECT low.variant_id, low.location_id, low.location, low.units, low.coming, low.threshold, offer.id
    FROM (
        SELECT item.variant_id, item.location_id, location.name AS location, item.low_stock_threshold AS threshold,
               item.on_hand - item.reserved - item.allocated AS units, COALESCE(ordered.units, 0) AS coming
        FROM inventory_stockitem item
        JOIN inventory_location location ON location.id = item.location_id AND location.is_active
        LEFT JOIN (
            SELECT variant_id, location_id, SUM(units) AS units
            FROM (
                SELECT line.variant_id, purchase.location_id, GREATEST(0, line.ordered - line.received) AS units
                FROM inventory_purchaseorderline line
                JOIN inventory_purchaseorder purchase ON purchase.id = line.order_id
                WHERE purchase.status IN ('draft', 'ordered', 'partly_received')
                UNION ALL
                SELECT line.variant_id, transfer.target_id, line.quantity - line.received - line.written_off
                FROM inventory_transferline line JOIN inventory_transfer transfer ON transfer.id = line.transfer_id
                WHERE transfer.status = 'sent'
            ) coming
            GROUP BY 1, 2
        ) ordered ON ordered.variant_id = item.variant_id AND ordered.location_id = item.location_id
        WHERE item.on_hand - item.reserved - item.allocated + COALESCE(ordered.units, 0) <= item.low_stock_threshold
    ) low
    CROSS JOIN LATERAL (
        SELECT offered.id FROM inventory_supplieritem offered
        JOIN inventory_supplier supplier ON supplier.id = offered.supplier_id AND supplier.is_active
        WHERE offered.variant_id = low.variant_id
        ORDER BY offered.priority, supplier.lead_time_days, supplier.name LIMIT 1
    ) offer
    ORDER BY low.variant_id, low.location_id
    LIMIT %s
"""


def suggestions() -> list[Suggestion]:
    """What ought to be ordered: available + incoming ≤ low-stock threshold, and somebody delivers it. Two queries.

    By supplier, location and SKU; at most `MOST_SUGGESTIONS`, the rest once these are ordered.
    """
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute(_LOW, [MOST_SUGGESTIONS])
        rows = cursor.fetchall()
    offers = SupplierItem.objects.using(db.INVENTORY).select_related("supplier").in_bulk([row[-1] for row in rows])
    found = []
    for _variant, location_id, location, units, coming, threshold, offer_id in rows:
        offer = offers[offer_id]
        quantity = rules.to_order(
            threshold=threshold, coming=units + coming, minimum=offer.minimum, pack=offer.pack_size
        )
        found.append(
            Suggestion(
                offer.supplier_id, offer.supplier.name, location_id, location, offer,
                units, int(coming), threshold, quantity,
            )
        )  # fmt: skip
    return sorted(found, key=lambda one: (one.supplier, one.location, one.item.sku))


def order(order_id: UUID) -> PurchaseOrder | None:
    """A purchase order with supplier, location and lines."""
    orders = PurchaseOrder.objects.using(db.INVENTORY).select_related("supplier", "location")
    return orders.prefetch_related("lines__order").filter(pk=order_id).first()


def receipts_of(order_id: UUID) -> list[Receipt]:
    """What has come on a purchase order, the latest first, with its lines."""
    rows = Receipt.objects.using(db.INVENTORY).filter(order_id=order_id).select_related("order")
    return list(rows.prefetch_related("lines__line").order_by("-number"))


def default_location_id() -> UUID | None:
    """Where deliveries go unless somebody says otherwise."""
    return Location.objects.using(db.INVENTORY).filter(is_default=True).values_list("pk", flat=True).first()


def offers(supplier_id: UUID, variant_ids: Iterable[UUID]) -> dict[UUID, SupplierItem]:
    """What a supplier offers of the variants, by variant."""
    rows = SupplierItem.objects.using(db.INVENTORY).filter(supplier_id=supplier_id, variant_id__in=list(variant_ids))
    return {row.variant_id: row for row in rows}


def total(one: PurchaseOrder) -> Money:
    """What a purchase order comes to, as ordered."""
    return Money(sum(line.ordered * line.cost_minor for line in one.lines.all()), one.currency)


def links(receipts: Iterable[str]) -> dict[str, Link]:
    """Admin pages of purchase orders, by "<number>/<receipt>" as the ledger writes it (`shop.core.links`)."""
    numbers = {receipt: receipt.partition("/")[0] for receipt in receipts}
    rows = PurchaseOrder.objects.using(db.INVENTORY).filter(number__in=set(numbers.values()))
    ids = dict(rows.values_list("number", "pk"))
    return {
        receipt: Link(receipt, reverse("admin:inventory_purchaseorder_change", args=[ids[number]]))
        for receipt, number in numbers.items()
        if number in ids
    }
