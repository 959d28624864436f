"""Labels: asked of a carrier first, with no transaction open, then recorded on the parcel.

A label is good for the address and the delivery that it was made for. When these change, the parcels that are still
here forget theirs, and the carrier is asked for another one. What is good no more goes back to it (`voiding`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from checkout.fulfilment import carriers, contents, locking, packing, rules, selectors, voiding
from checkout.fulfilment.carriers import base
from checkout.fulfilment.models import Shipment
from checkout.orders import emails as order_emails
from checkout.orders import selectors as orders
from checkout.orders.models import Order
from inventory.stock import selectors as stock
from shop.core import db

LabelRefused = base.LabelRefused
_COLUMNS = ("carrier_code", "carrier", "tracking_number", "tracking_url", "barcode", "label_reference", "service")


def make(*, shipment_id: UUID, by: str, carrier: str = "") -> base.Label:
    """A label of a carrier (its code; empty: the parcel's own, or the usual one) for a parcel that is not cancelled.

    The parcel then has its number and barcode. Asked again, the carrier gives the same label, unless it is to go
    elsewhere since. Of one that has left: what it left with. Raises `LabelRefused`, `ShipmentRefused`.
    """
    shipment = _found(shipment_id)
    if shipment.status == Shipment.Status.CANCELLED:
        raise packing.not_open(shipment)
    if shipment.status in rules.GONE:
        return _of(shipment)
    try:
        chosen = carriers.carrier(carrier or shipment.carrier_code)
        asked = _parcel(shipment, chosen.code)
        label = chosen.label(asked)
        label = replace(label, tracking_url=rules.web_address(label.tracking_url))  # nobody has looked at it before us
    except carriers.UnknownCarrier:
        raise LabelRefused(_("No carrier is set up that makes labels. Type its name and number.")) from None
    except base.CarrierUnavailable:
        raise LabelRefused(_("The carrier cannot be asked now. Please try again in a minute.")) from None
    if not _record(shipment.pk, chosen.code, label, key=asked.key, by=by):
        raise _outdated(shipment)
    return label


def forget(*, order: Order, by: str) -> None:
    """A locked order goes elsewhere, or otherwise: labels of its parcels that are still here are good no more.

    Belongs to the caller's transaction.
    """
    _order, shipments = locking.order_and_shipments(order.pk)
    for shipment in shipments:
        if shipment.status in rules.HERE and (shipment.tracking_number or shipment.label_reference):
            voiding.give_up_label(shipment, by=by)
            contents.touch(shipment, **dict.fromkeys(_COLUMNS, ""))


def is_outdated(shipment: Shipment) -> bool:
    """Whether a label that lies on a parcel would be a wrong one: it goes elsewhere since, and has had none since.

    `shipment` with its order. At most one query.
    """
    return not shipment.tracking_number and bool(moved(shipment.order, [shipment]))


def moved(order: Order, shipments: Iterable[Shipment]) -> list[Shipment]:
    """Those of an order's parcels that are still here and go elsewhere, or otherwise, since they were opened.

    A label that was made for them outside of the shop may be for where they went before. At most one query.
    """
    change = orders.readdressed(order)
    return [one for one in shipments if change and one.status in rules.HERE and one.created_at < change.at]


def check(*, shipment_id: UUID) -> None:
    """Refuse to hand a parcel over with a label that nobody has printed since it goes elsewhere. Raises as `make`."""
    shipment = _found(shipment_id)
    if is_outdated(shipment):
        raise _outdated(shipment)


def _of(shipment: Shipment) -> base.Label:
    return base.Label(
        carrier=shipment.carrier, tracking_number=shipment.tracking_number, tracking_url=shipment.tracking_url,
        barcode=shipment.barcode, reference=shipment.label_reference, service=shipment.service,
    )  # fmt: skip


def _outdated(shipment: Shipment) -> LabelRefused:
    text = _("Where parcel %(number)s goes was changed. Print its label anew before it leaves.")
    return LabelRefused(text % {"number": shipment.number})


def _found(shipment_id: UUID) -> Shipment:
    try:
        return Shipment.objects.select_related("order").get(pk=shipment_id)
    except Shipment.DoesNotExist:
        raise contents.ShipmentRefused(_("There is no such parcel."), "no_such_shipment") from None


def address(order: Order) -> int:
    """Which of an order's addresses and deliveries it is: the revision it has had it since. At most one query."""
    change = orders.readdressed(order)
    return change.revision if change else 0


def _key(order: Order, shipment: Shipment, carrier: str) -> str:
    """What a carrier knows a parcel's label by: the same for as long as that is good."""
    since, forgotten = address(order), selectors.times_forgotten(shipment.pk, carrier)
    where = f"{shipment.pk}:{since}" if since else str(shipment.pk)
    return f"{where}#{forgotten}" if forgotten else where


def _parcel(shipment: Shipment, carrier: str) -> base.Parcel:
    order = shipment.order
    place = stock.location_names().get(shipment.location_id) if shipment.location_id else None
    return base.Parcel(
        key=_key(order, shipment, carrier),
        number=shipment.number,
        sender=tuple(filter(None, (settings.SHOP_NAME, place))),
        receiver=tuple(order_emails.address_lines(order.shipping_address)),
        country=str(order.shipping_address.get("country", "")),
        service=order.delivery_name,
        weight_grams=shipment.weight_grams,
        items=tuple(
            (line.order_line.sku, line.order_line.name, line.quantity) for line in contents.lines_of([shipment])
        ),
    )


def _record(shipment_id: UUID, code: str, label: base.Label, *, key: str, by: str) -> bool:
    """Keep a label on the parcel that a carrier was asked for by `key`; False if that is not what it needs any more.

    What no parcel leaves with goes back: a label that came too late, and the one that a parcel had before.
    """
    columns = {
        "carrier_code": code, "carrier": label.carrier, "tracking_number": label.tracking_number,
        "tracking_url": label.tracking_url, "barcode": label.barcode, "label_reference": label.reference,
        "service": label.service[:60],
    }  # fmt: skip
    with transaction.atomic(using=db.DEFAULT):
        order, shipment = contents.locked(shipment_id)
        is_needed = _key(order, shipment, code) == key
        is_its_own = (shipment.carrier_code, shipment.tracking_number) == (code, label.tracking_number)
        if is_needed and all(getattr(shipment, name) == value for name, value in columns.items()):
            return True
        if is_needed and shipment.status in rules.HERE:
            if not is_its_own:
                voiding.give_up_label(shipment, by=by)
            contents.touch(shipment, **columns)
            contents.note("label", shipment, by, carrier=code, tracking_number=label.tracking_number)
            return True
        if shipment.status == Shipment.Status.CANCELLED or not is_its_own:
            voiding.give_up(
                shipment, by=by, carrier=code, tracking_number=label.tracking_number, barcode=label.barcode,
                reference=label.reference,
            )  # fmt: skip
        return is_needed
