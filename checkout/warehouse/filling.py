"""What stands on the papers of parcels and waves: from rows to `papers.data`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from cart.carts import selectors as carts
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders import emails
from checkout.orders.models import Order
from checkout.warehouse import selectors
from checkout.warehouse.models import PickWave
from checkout.warehouse.papers.data import Label, PickList, PickRow, Slip, SlipLine
from inventory.stock import selectors as stock


def slip(shipment: Shipment, *, at: datetime) -> Slip:
    """The packing slip, in the shopper's language; `shipment` with order and lines. `at`: the day that it bears."""
    order = shipment.order
    with override(order.language):
        return Slip(
            number=shipment.number,
            order_number=order.number,
            date=date_format(localtime(shipment.packed_at or at), "DATE_FORMAT"),
            shop=(settings.SHOP_NAME, *settings.SHOP_ADDRESS),
            address=tuple(emails.address_lines(order.shipping_address)),
            lines=tuple(_slip_line(order, line) for line in _sorted(shipment)),
            delivery=order.delivery_name,
            po_number=order.po_number,
            gift_message=order.gift_message,
            is_gift=bool(order.gift_message),
            foot=_("Questions, or something to send back? %(address)s") % {"address": settings.SITE_URL},
        )


def label(shipment: Shipment, *, carrier: str) -> Label:
    """The label as we draw it; `shipment` with order and lines. `carrier` is named on it."""
    order = shipment.order
    address = order.shipping_address
    with override(order.language):
        lines = emails.address_lines(address)
    return Label(
        number=shipment.number,
        order_number=order.number,
        sender=(settings.SHOP_NAME, *settings.SHOP_ADDRESS),
        address=tuple(lines),
        carrier=shipment.carrier or carrier,
        service=shipment.service or order.delivery_name,
        tracking=shipment.tracking_number,
        code=shipment.barcode or shipment.tracking_number or shipment.number,
        phone=str(address.get("phone") or ""),
        units=sum(line.quantity for line in shipment.lines.all()),
    )


def picklist(wave: PickWave, *, at: datetime) -> PickList:
    """What is still to be picked of the wave, at the moment `at`."""
    contents = selectors.contents(wave)
    rows = [
        PickRow(
            sku=row.sku,
            name=row.name,
            quantity=row.open,
            options=row.options,
            boxes=tuple((line.box, line.open) for line in row.lines if line.open),
        )
        for row in contents.rows
        if row.open
    ]
    return PickList(
        number=wave.number,
        location=location_name(wave),
        date=date_format(localtime(at), "DATETIME_FORMAT"),
        rows=tuple(rows),
        parcels=tuple(box.shipment.number for box in contents.boxes),
    )


def location_name(wave: PickWave) -> str:
    names = stock.location_names()
    return names.get(wave.location_id, "") if wave.location_id else ""


def _sorted(shipment: Shipment) -> Sequence[ShipmentLine]:
    return sorted(shipment.lines.all(), key=lambda line: line.order_line.position)


def _slip_line(order: Order, line: ShipmentLine) -> SlipLine:
    bought = line.order_line
    return SlipLine(
        sku=bought.sku,
        name=bought.name,
        quantity=line.quantity,
        options=carts.options_text(bought.options),
        ordered=bought.quantity,
        price=order.money(bought.unit_price_minor).format(),
        total=order.money(bought.unit_price_minor * line.quantity).format(),
    )
