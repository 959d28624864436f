"""Table of contents of the inventory's admin pages; nobody imports through it."""

from inventory.drift.admin import StockCheckAdmin
from inventory.feeds.admin import FeedAdmin, FeedMessageAdmin
from inventory.reservations.admin import ReservationAdmin
from inventory.stock.admin import LocationAdmin, StockItemAdmin
from inventory.stock.desk import StockAlertAdmin, StockMovementAdmin, StockPolicyAdmin
from inventory.suppliers.admin import PurchaseOrderAdmin, SupplierAdmin
from inventory.transfers.admin import TransferAdmin

__all__ = [
    "FeedAdmin",
    "FeedMessageAdmin",
    "LocationAdmin",
    "PurchaseOrderAdmin",
    "ReservationAdmin",
    "StockAlertAdmin",
    "StockCheckAdmin",
    "StockItemAdmin",
    "StockMovementAdmin",
    "StockPolicyAdmin",
    "SupplierAdmin",
    "TransferAdmin",
]
