"""Parcels on their way: handed to a carrier, arrived."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from checkout.fulfilment.models import Shipment


class TrackingRefused(Exception):
    """The carrier or tracking data cannot be used. `str()` is a sentence for people."""


def dispatch_one(
    *, shipment_id: UUID, carrier: str, tracking_number: str, by: str, tracking_url: str = ""
) -> Shipment:
    """One picked parcel is handed to `carrier`; others of its order may follow. Stock, money and mail follow by event.

    The same carrier and number again changes nothing. Raises `ShipmentRefused`, `TrackingRefused`,
    `orders.TransitionRefused` (what is left to pay is neither taken nor held, or the order is over).
    """
    raise NotImplementedError


def deliver_one(*, shipment_id: UUID, by: str, at: datetime | None = None) -> Shipment:
    """One parcel has arrived (`at`: aware; None: now). Repeated, it changes nothing. Raises `ShipmentRefused`."""
    raise NotImplementedError
