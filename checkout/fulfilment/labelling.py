"""Labels: asked of a carrier first, with no transaction open, then recorded on the parcel."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from checkout.fulfilment import carriers, contents, packing, rules
from checkout.fulfilment.carriers import base
from checkout.fulfilment.models import Shipment
from checkout.orders import emails as order_emails
from inventory.stock import selectors as stock
from shop.core import db

LabelRefused = base.LabelRefused


def make(*, shipment_id: UUID, by: str, carrier: str = "") -> base.Label:
    """A label of a carrier (its code; empty: the parcel's own, or the usual one) for a parcel that is not cancelled.

    The parcel then has its number and barcode. Asked again, the carrier gives the same label. Raises `LabelRefused`,
    `ShipmentRefused`.
    """
    try:
        shipment = Shipment.objects.select_related("order").get(pk=shipment_id)
    except Shipment.DoesNotExist:
        raise contents.ShipmentRefused(_("There is no such parcel."), "no_such_shipment") from None
    if shipment.status == Shipment.Status.CANCELLED:
        raise packing.not_open(shipment)
    try:
        chosen = carriers.carrier(carrier or shipment.carrier_code)
        label = chosen.label(_parcel(shipment))
    except carriers.UnknownCarrier:
        raise LabelRefused(_("No carrier is set up that makes labels. Type its name and number.")) from None
    except base.CarrierUnavailable:
        raise LabelRefused(_("The carrier cannot be asked now. Please try again in a minute.")) from None
    _record(shipment_id, chosen.code, label, by)
    return label


def _parcel(shipment: Shipment) -> base.Parcel:
    order = shipment.order
    place = stock.location_names().get(shipment.location_id) if shipment.location_id else None
    return base.Parcel(
        key=str(shipment.pk),
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


def _record(shipment_id: UUID, code: str, label: base.Label, by: str) -> None:
    columns = {
        "carrier_code": code, "carrier": label.carrier, "tracking_number": label.tracking_number,
        "tracking_url": label.tracking_url, "barcode": label.barcode, "label_reference": label.reference,
        "service": label.service[:60],
    }  # fmt: skip
    with transaction.atomic(using=db.DEFAULT):
        _order, shipment = contents.locked(shipment_id)
        is_known = all(getattr(shipment, name) == value for name, value in columns.items())
        if shipment.status in rules.HERE and not is_known:
            contents.touch(shipment, **columns)
            contents.note("label", shipment, by, carrier=code, tracking_number=label.tracking_number)
