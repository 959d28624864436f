"""What fulfilment does when something has happened. Each may run twice and makes one call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from checkout.fulfilment import emails, voiding
from checkout.fulfilment import services as fulfilment

BY = "system"


def open_shipment(data: dict[str, Any]) -> None:
    """Open the parcels of an order that is paid."""
    fulfilment.open_shipments(order_id=UUID(data["order_id"]), by=BY)


def move_on(data: dict[str, Any]) -> None:
    """Take an order on whose balance is paid now."""
    fulfilment.move_on(order_id=UUID(data["order_id"]), by=BY)


def complete_mailed(data: dict[str, Any]) -> None:
    """Take an order that is sent by e-mail to its end once all of it was sent."""
    fulfilment.complete_mailed(order_id=UUID(data["order_id"]), by=BY)


def follow_stock(data: dict[str, Any]) -> None:
    """Finish what somebody began who moved units of an order and died."""
    fulfilment.follow_stock(order_id=UUID(data["reference"]), by=BY)


def finish_wait(data: dict[str, Any]) -> None:
    """Let units wait that somebody missed who died before their parcel was written."""
    fulfilment.finish_wait(
        document=data["document"], location_id=UUID(data["location_id"]), by=data["actor"],
        units={UUID(variant): number for variant, number in data["units"].items()},
    )  # fmt: skip


def void_label(data: dict[str, Any]) -> None:
    """Give a label back to its carrier that no parcel leaves with."""
    voiding.void(label_id=UUID(data["label_id"]), by=BY)


def cancel_shipments(data: dict[str, Any]) -> None:
    """Stop the parcels of an order that is over."""
    fulfilment.cancel_shipments(order_id=UUID(data["order_id"]), by=BY)


def give_back_stock(data: dict[str, Any]) -> None:
    """Let go of the units of an order that was given back, as far as they are still here."""
    fulfilment.give_back_stock(order_id=UUID(data["order_id"]), by=BY)


def ship_stock(data: dict[str, Any]) -> None:
    """Take the units of a dispatched parcel out of stock."""
    fulfilment.ship_stock(shipment_id=UUID(data["shipment_id"]), by=BY)


def capture_value(data: dict[str, Any]) -> None:
    """Have the money of what was dispatched taken, where it is taken on shipment."""
    fulfilment.capture_value(order_id=UUID(data["order_id"]), by=BY)


def mail_order_ready(data: dict[str, Any]) -> None:
    """Tell the shopper that what they collect is ready."""
    emails.order_ready(order_id=UUID(data["order_id"]), shipment_id=UUID(data["shipment_id"]))


def mail_order_shipped(data: dict[str, Any]) -> None:
    """Tell the shopper that a parcel is on its way, and how to follow it."""
    emails.order_shipped(order_id=UUID(data["order_id"]), shipment_id=UUID(data["shipment_id"]))


def mail_parcel_delivered(data: dict[str, Any]) -> None:
    """Tell the shopper that one of several parcels has arrived."""
    emails.parcel_delivered(order_id=UUID(data["order_id"]), shipment_id=UUID(data["shipment_id"]))


def mail_delayed(data: dict[str, Any]) -> None:
    """Tell the shopper which units will come later."""
    emails.units_delayed(order_id=UUID(data["order_id"]), shipment_id=UUID(data["shipment_id"]))


def mail_label_kept(data: dict[str, Any]) -> None:
    """Tell staff of a label that its carrier did not take back."""
    emails.label_kept(label_id=UUID(data["label_id"]))


def mail_trouble(data: dict[str, Any]) -> None:
    """Tell staff of a parcel that is lost, comes back, or arrived without having been sent."""
    emails.parcel_in_trouble(
        order_id=UUID(data["order_id"]), shipment_id=UUID(data["shipment_id"]), what=data["what"]
    )  # fmt: skip
