"""Table of contents of the inventory's admin pages; nobody imports through it."""

from inventory.reservations.admin import ReservationAdmin
from inventory.stock.admin import LocationAdmin, StockItemAdmin, StockMovementAdmin

__all__ = ["LocationAdmin", "ReservationAdmin", "StockItemAdmin", "StockMovementAdmin"]
