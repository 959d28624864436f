"""Orders that are packed in several parcels, made as the shop makes them."""

from __future__ import annotations

from checkout.fulfilment import selectors
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders.models import Order
from inventory.stock.models import StockItem
from tests.factories import checkout as make
from tests.factories.inventory import LocationFactory, stocked

BY = "staff:1"


def two_places(here: int = 5, there: int = 5) -> tuple[StockItem, StockItem]:
    """Stock items of one variant at two locations, of which the first is asked first."""
    first, second = LocationFactory(), LocationFactory()
    item = stocked(here, location=first.code)
    return item, stocked(there, variant_id=item.variant_id, location=second.code)


def split_order(here: int = 1, there: int = 2) -> tuple[Order, Shipment, Shipment]:
    """A paid order of one line of which so many units are packed at each of two locations, and its two parcels."""
    places = two_places(here, there)
    order = make.paid([places[0]], quantity=here + there)
    first, second = fulfilment.open_shipments(order_id=order.pk, by="system")
    order.refresh_from_db()
    return order, first, second


def picked(shipment: Shipment) -> Shipment:
    """The parcel with everything in it."""
    lines = ShipmentLine.objects.filter(shipment=shipment)
    fulfilment.pick_units(shipment_id=shipment.pk, units={line.pk: line.quantity for line in lines}, by=BY)
    return fulfilment.finish_picking(shipment_id=shipment.pk, by=BY)


def sent(shipment: Shipment, number: str = "") -> Shipment:
    """The picked parcel handed to a carrier, with a label for where it goes now."""
    now = Order.objects.get(pk=shipment.order_id).revision
    return fulfilment.dispatch_one(
        shipment_id=shipment.pk, carrier="UPS", tracking_number=number or f"1Z-{shipment.number}", made_for=now, by=BY
    )


def only_line(shipment: Shipment) -> ShipmentLine:
    return ShipmentLine.objects.get(shipment=shipment)


def told(order: Order) -> tuple[str, str, int]:
    """(status, fulfilment state, units to pick) as the database has them."""
    order.refresh_from_db()
    return order.status, order.fulfilment_state, order.to_pick


def parcels(order: Order) -> list[tuple[str, int, int]]:
    """(status, units, units picked) of the order's parcels that are not cancelled, oldest first."""
    return [
        (one.status, sum(line.quantity for line in one.lines.all()), sum(line.picked for line in one.lines.all()))
        for one in selectors.shipments_of(order.pk)
    ]
