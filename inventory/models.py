"""Table of contents of the inventory's tables; nobody imports through it."""

from inventory.reservations.models import Reservation
from inventory.stock.models import Allocation, Location, StockItem, StockMovement
from inventory.waitlist.models import WaitingEntry

__all__ = ["Allocation", "Location", "Reservation", "StockItem", "StockMovement", "WaitingEntry"]
