"""Table of contents of the inventory's tables; nobody imports through it."""

from inventory.drift.models import StockCheck
from inventory.feeds.models import Feed, FeedMessage
from inventory.reservations.models import Reservation
from inventory.stock.models import Allocation, Location, StockAlert, StockItem, StockMovement, StockPolicy
from inventory.suppliers.models import (
    PurchaseOrder,
    PurchaseOrderLine,
    Receipt,
    ReceiptLine,
    Supplier,
    SupplierItem,
)
from inventory.transfers.models import Transfer, TransferLine
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
    "StockAlert",
    "StockCheck",
    "StockItem",
    "StockMovement",
    "StockPolicy",
    "Supplier",
    "SupplierItem",
    "Transfer",
    "TransferLine",
    "WaitingEntry",
]
