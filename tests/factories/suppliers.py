"""Suppliers and purchase orders, made through the services."""

from __future__ import annotations

import factory

from inventory.stock.models import Location, StockItem
from inventory.suppliers import services
from inventory.suppliers.models import PurchaseOrder, Supplier, SupplierItem


class SupplierFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Supplier

    name = factory.Sequence(lambda n: f"Supplier {n}")
    email = factory.LazyAttribute(lambda supplier: f"{supplier.name.lower().replace(' ', '-')}@example.com")
    currency = "USD"
    lead_time_days = 7


def offered(item: StockItem, supplier: Supplier | None = None, **fields: object) -> SupplierItem:
    """A supplier delivers the variant of this stock item."""
    return SupplierItem.objects.create(
        supplier=supplier or SupplierFactory(), variant_id=item.variant_id, sku=item.sku, **fields
    )


def drafted(*wanted: tuple[StockItem, int], location: Location | None = None) -> PurchaseOrder:
    """A draft of these units, for the location of the first."""
    return services.draft(
        supplier_id=SupplierFactory().pk,
        location_id=(location or wanted[0][0].location).pk,
        lines=[services.Wanted(item.variant_id, item.sku, units, 250) for item, units in wanted],
        by="staff:1",
    )


def ordered(*wanted: tuple[StockItem, int], location: Location | None = None) -> PurchaseOrder:
    """The same, ordered."""
    order = drafted(*wanted, location=location)
    services.place(order_id=order.pk, by="staff:1")
    order.refresh_from_db()
    return order
