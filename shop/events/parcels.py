"""The events of parcels: a part of `types`, through which they are named."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from shop.events.base import Event


@dataclass(frozen=True, kw_only=True)
class ShipmentReady(Event):
    """A parcel of an order that is collected waits for its buyer. Nothing of the kind is told of what is sent."""

    aggregate = "order"
    order_id: UUID
    shipment_id: UUID


@dataclass(frozen=True, kw_only=True)
class ShipmentDispatched(Event):
    aggregate = "order"
    order_id: UUID
    shipment_id: UUID


@dataclass(frozen=True, kw_only=True)
class ShipmentDelivered(Event):
    """One parcel has arrived; others of its order may still be on their way."""

    aggregate = "order"
    order_id: UUID
    shipment_id: UUID


@dataclass(frozen=True, kw_only=True)
class UnitsShort(Event):
    """Units (by order line) of a parcel could not be found and are to leave the order; they are in no parcel any more.

    `short_id` names this loss: who hears of it twice takes them off once. `actor` found them missing.
    """

    aggregate = "order"
    order_id: UUID
    shipment_id: UUID
    short_id: UUID
    units: dict[str, int]
    actor: str


@dataclass(frozen=True, kw_only=True)
class UnitsDelayed(Event):
    """The units of this parcel could not be found and wait for stock."""

    aggregate = "order"
    order_id: UUID
    shipment_id: UUID


@dataclass(frozen=True, kw_only=True)
class LabelForgotten(Event):
    """No parcel leaves with this label of a carrier any more: it is to be given back."""

    aggregate = "order"
    order_id: UUID
    label_id: UUID


@dataclass(frozen=True, kw_only=True)
class LabelKept(Event):
    """A carrier did not take a forgotten label back: it may be charged, or used. A person must look after it."""

    aggregate = "order"
    order_id: UUID
    label_id: UUID


@dataclass(frozen=True, kw_only=True)
class ParcelInTrouble(Event):
    """A carrier said of a parcel what a person must look after: "lost", "returned_to_sender", "never_sent"."""

    aggregate = "order"
    order_id: UUID
    shipment_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class GiftCardSent(Event):
    """The e-mail with a gift card that this order bought was sent for the first time."""

    aggregate = "order"
    order_id: UUID
    card_id: UUID
