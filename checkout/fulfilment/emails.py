"""The mails about parcels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from checkout.fulfilment import carriers, selectors
from checkout.fulfilment.models import Shipment
from checkout.orders import emails as order_emails
from checkout.orders import lines as order_lines
from checkout.orders import selectors as orders
from checkout.orders import where
from inventory.stock import wording
from shop.core import requests


def order_ready(*, order_id: UUID, shipment_id: UUID) -> None:
    """That a parcel can be collected: where, when that is open, what is in it, and what is still to come. Once for each
    parcel, and none that is not here any more, or of an order that is over."""
    order, parcels = orders.by_id(order_id), selectors.shipments_of(order_id)
    is_here = any(one.pk == shipment_id and one.status == Shipment.Status.PICKED for one in parcels)
    if where.is_collected(order) and is_here and not order.is_over:
        done = [one for one in parcels if one.status == Shipment.Status.PICKED or one.shipped_at]
        order_emails.send(order, "order_ready", key=shipment_id, shipment=_facts(order, parcels, shipment_id, done))


def order_shipped(*, order_id: UUID, shipment_id: UUID) -> None:
    """What is in the parcel, how to follow it, and what of the order is still to come. Once for each parcel."""
    order, parcels = orders.by_id(order_id), selectors.shipments_of(order_id)
    if where.is_by_email(order) or where.is_collected(order):
        return  # what was sent are e-mails, or its buyer has just taken it along
    sent = [one for one in parcels if one.shipped_at]
    order_emails.send(order, "order_shipped", key=shipment_id, shipment=_facts(order, parcels, shipment_id, sent))


def parcel_delivered(*, order_id: UUID, shipment_id: UUID) -> None:
    """One parcel of several has arrived, what was in it, and what is still to come. Once for each parcel.

    Not if the whole order has arrived with it: then that is what the shopper is told.
    """
    order, parcels = orders.by_id(order_id), selectors.shipments_of(order_id)
    parcel = next(one for one in parcels if one.pk == shipment_id)
    arrived = [one for one in parcels if one.delivered_at]
    is_sent = not (where.is_by_email(order) or where.is_collected(order))
    if len(parcels) > 1 and is_sent and not _is_told(order_id, parcel):
        facts = _facts(order, parcels, shipment_id, arrived)
        order_emails.send(order, "parcel_delivered", key=shipment_id, shipment=facts)


def _is_told(order_id: UUID, parcel: Any) -> bool:
    """Whether the mail about the delivery of the whole order is about this parcel too: not about one sent later on."""
    ends = [step.at for step in orders.steps_of(order_id) if step.trigger == "delivery_confirmed"]
    return any(parcel.delivered_at <= at for at in ends)


def _facts(order: Any, parcels: Sequence[Any], shipment_id: UUID, done: Iterable[Any]) -> dict[str, Any]:
    """A parcel as its mail shows it. `done`: the parcels of which nothing is to come any more."""
    position, parcel = next((n, one) for n, one in enumerate(parcels, start=1) if one.pk == shipment_id)
    with translation.override(order.language):
        return {
            "number": parcel.number,
            "position": position,
            "count": len(parcels),
            "carrier": parcel.carrier,
            "tracking_number": parcel.tracking_number,
            "url": _page(order, parcel.number),
            "lines": [_line(line.order_line, line.quantity) for line in parcel.lines.all()],
            "to_come": _to_come(order.lines.all(), [line for one in done for line in one.lines.all()]),
        }


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
        "options": order_lines.about(line),
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


def label_kept(*, label_id: UUID) -> None:
    """To staff: a carrier did not take a forgotten label back, and why. Once for each label."""
    label = selectors.forgotten_label(label_id)
    told = {
        "carrier": dict(carriers.names()).get(label.carrier_code, label.carrier_code),
        "tracking": label.tracking_number,
        "number": label.shipment.number,
        "said": label.said,
    }
    order_emails.to_staff(
        key=f"label_kept:{label_id}",
        subject=_("%(carrier)s did not take back label %(tracking)s") % told,
        lines=[
            _("What it says: %(said)s") % told,
            _("It was made for parcel %(number)s, which does not leave with it.") % told,
            _("See that nobody uses it, and that it is not charged for."),
        ],
        page="checkout_forgottenlabel",
    )
