"""The mail about a parcel on its way."""

from __future__ import annotations

from uuid import UUID

from checkout.fulfilment import selectors
from checkout.orders import emails as order_emails
from checkout.orders import selectors as orders


def order_shipped(*, order_id: UUID, shipment_id: UUID) -> None:
    """With carrier, tracking number and link."""
    shipment = selectors.shipment(shipment_id)
    order_emails.send(
        orders.by_id(order_id),
        "order_shipped",
        key=shipment_id,
        shipment={
            "carrier": shipment.carrier,
            "tracking_number": shipment.tracking_number,
            "tracking_url": shipment.tracking_url,
        },
    )
