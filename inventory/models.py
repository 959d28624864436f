"""Table of contents of the inventory's tables; nobody imports through it."""

from inventory.feeds.models import Feed, FeedMessage
from inventory.reservations.models import Reservation
from inventory.stock.models import Allocation, Location, StockItem, StockMovement
from inventory.suppliers.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    Supplier,
    SupplierItem,
)
from inventory.waitlist.models import WaitingEntry

__all__ = [
    "Allocation",
    "Feed",
    "FeedMessage",
    "Location",
    "PurchaseOrder",
    "PurchaseOrderLine",
    "Receipt",
    "ReceiptLine",
    "Reservation",
    "StockItem",
    "StockMovement",
    "Supplier",
    "SupplierItem",
    "WaitingEntry",
]
