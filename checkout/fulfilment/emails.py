"""The mail about a parcel on its way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from checkout.fulfilment import selectors
from checkout.orders import emails as order_emails
from checkout.orders import selectors as orders
from inventory.stock import wording
from shop.core import requests


def order_shipped(*, order_id: UUID, shipment_id: UUID) -> None:
    """What is in the parcel, how to follow it, and what of the order is still to come. Once for each parcel."""
    order, parcels = orders.by_id(order_id), selectors.shipments_of(order_id)
    parcel = next(one for one in parcels if one.pk == shipment_id)
    sent = [line for one in parcels if one.shipped_at for line in one.lines.all()]
    with translation.override(order.language):
        facts = {
            "number": parcel.number,
            "carrier": parcel.carrier,
            "tracking_number": parcel.tracking_number,
            "url": _page(order, parcel.number),
            "lines": [_line(line.order_line, line.quantity) for line in parcel.lines.all()],
            "to_come": _to_come(order.lines.all(), sent),
        }
    order_emails.send(order, "order_shipped", key=shipment_id, shipment=facts)


def _page(order: Any, number: str) -> str:
    path = reverse("order_parcel", args=[order.number, number])
    return requests.absolute(f"{path}?key={order.access_key}")


def _to_come(lines: Iterable[Any], sent: Iterable[Any]) -> list[dict[str, Any]]:
    gone: Counter[UUID] = Counter()
    for one in sent:
        gone[one.order_line_id] += one.quantity
    rest = ((line, line.quantity - gone[line.pk]) for line in lines)
    return [_line(line, units) for line, units in rest if units > 0]


def _line(line: Any, quantity: int) -> dict[str, Any]:
    return {
        "name": line.name,
        "options": " · ".join(str(value) for value in line.options.values()),
        "quantity": quantity,
        "expected": wording.promise(line.expected_on),
    }


def units_delayed(*, order_id: UUID, shipment_id: UUID) -> None:
    """Which units could not be found and come later than the rest. Once for each parcel that waits."""
    order, parcels = orders.by_id(order_id), selectors.shipments_of(order_id)
    with translation.override(order.language):
        waiting = [line for one in parcels if one.pk == shipment_id for line in one.lines.all()]
        lines = [_line(line.order_line, line.quantity) for line in waiting]
    if lines:
        order_emails.send(order, "units_delayed", key=shipment_id, lines=lines)


def parcel_in_trouble(*, order_id: UUID, shipment_id: UUID, what: str) -> None:
    """To staff: a parcel is lost, comes back, or was delivered although nobody had sent it."""
    order, parcel = orders.by_id(order_id), selectors.shipment(shipment_id)
    told = {"number": parcel.number, "carrier": parcel.carrier, "tracking": parcel.tracking_number}
    sentences = {
        "lost": _("%(carrier)s has lost parcel %(number)s (%(tracking)s). Ask for compensation, and send it anew."),
        "returned_to_sender": _("Parcel %(number)s (%(carrier)s, %(tracking)s) could not be delivered and comes back."),
        "never_sent": _("%(carrier)s has delivered parcel %(number)s (%(tracking)s), which was never dispatched here."),
    }
    subject = _("Parcel %(number)s needs you") % told
    order_emails.to_staff(
        key=f"parcel:{shipment_id}:{what}", subject=subject, lines=[sentences[what] % told], order=order
    )
