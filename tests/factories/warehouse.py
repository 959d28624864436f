"""Parcels and waves as the warehouse finds them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from checkout.fulfilment import receivers
from checkout.fulfilment.models import Shipment
from checkout.orders import services as orders
from checkout.warehouse import services
from checkout.warehouse.models import PickWave
from inventory.stock.models import StockItem
from tests import outbox
from tests.factories import checkout as make

BY = "staff:1"


def parcels(items: Sequence[StockItem] | None = None, **details: Any) -> list[Shipment]:
    """The open parcels of a new paid order whose events have been heard."""
    order = make.paid(items, **details)
    outbox.drain(mails=False)
    return list(Shipment.objects.filter(order=order).order_by("id"))


def parcel(items: Sequence[StockItem] | None = None, **details: Any) -> Shipment:
    """The one open parcel of a new paid order."""
    [found] = parcels(items, **details)
    return found


def wave(*shipments: Shipment) -> PickWave:
    """A wave of these parcels: box 1, 2 …"""
    return services.start_wave(shipment_ids=[one.pk for one in shipments], by=BY)


def cancel(shipment: Shipment) -> None:
    """The parcel's order is cancelled, and fulfilment has heard of it."""
    orders.cancel(order_id=shipment.order_id, by=BY)
    receivers.cancel_shipments({"order_id": str(shipment.order_id)})
