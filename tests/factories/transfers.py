"""Transfers, made through the services."""

from __future__ import annotations

from inventory.stock.models import Location, StockItem
from inventory.transfers import services
from inventory.transfers.models import Transfer
from tests.factories.inventory import LocationFactory


def drafted(item: StockItem, units: int, target: Location | None = None) -> Transfer:
    """A transfer of so many units of the item to another location, not sent yet."""
    place = target or LocationFactory()
    return services.draft(source=item.location.code, target=place.code, units={item.sku: units}, by="staff:1")


def sent(item: StockItem, units: int, target: Location | None = None) -> Transfer:
    """As `drafted`, and on its way."""
    row = drafted(item, units, target)
    services.send(transfer_id=row.pk, by="staff:1")
    row.refresh_from_db()
    return row
