"""What is in the parcels of an order, and what of it is picked. Every command locks the order, then its shipments."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from checkout.fulfilment.models import Shipment


class ShipmentRefused(Exception):
    """This parcel cannot do that now. `str()` is a sentence for people, `code` for programs.

    Codes: "no_such_shipment", "no_such_line", "bad_units", "not_open", "not_picked", "already_shipped",
    "not_on_hand", "not_all_picked", "nothing_left", "nowhere_else", "unknown_location", "changed_meanwhile".
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


def pick_units(*, shipment_id: UUID, units: Mapping[UUID, int], by: str) -> Shipment:
    """So many units (by shipment line id, from 0) of an open parcel are picked now: in all, not in addition.

    The same numbers again change nothing. Starts the order if nobody has. Raises `ShipmentRefused` ("not_on_hand" for
    units that were sold before they are there), `orders.TransitionRefused`.
    """
    raise NotImplementedError


def finish_picking(*, shipment_id: UUID, by: str) -> Shipment:
    """Everything of an open parcel is in it; the order is ready once all parcels are. Repeated, it changes nothing.

    Raises `ShipmentRefused` ("not_all_picked"), `orders.TransitionRefused`.
    """
    raise NotImplementedError


def short(
    *, shipment_id: UUID, units: Mapping[UUID, int], then: str, by: str, seen: int | None = None
) -> Shipment | None:
    """So many units (by shipment line id, ≥ 1) of an open parcel are not on the shelf; the stock is counted down.

    `then` "refund": they leave the order (`UnitsShort`, which the order's changes hear); "wait": they wait in a new
    parcel for stock and the shopper is told; "elsewhere": another location packs them, in a new parcel. Returns the
    new parcel. `seen`: the parcel's `version` on the page that asks. Raises `ShipmentRefused`.
    """
    raise NotImplementedError


def split(*, shipment_id: UUID, units: Mapping[UUID, int], by: str, seen: int | None = None) -> Shipment:
    """Some units (by shipment line id, ≥ 1) of a parcel that is here go into a parcel of their own, which is returned.

    Those not picked yet go first. Raises `ShipmentRefused`.
    """
    raise NotImplementedError


def reassign(*, shipment_id: UUID, location_id: UUID, by: str) -> Shipment:
    """Another location packs this parcel, of which nothing is picked. Raises `ShipmentRefused` ("nowhere_else")."""
    raise NotImplementedError
