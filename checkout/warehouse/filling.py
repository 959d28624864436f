"""What stands on the papers of parcels and waves: from rows to `papers.data`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import override

from checkout.fulfilment.carriers import base
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.invoices import selectors as invoices
from checkout.orders import emails, where
from checkout.orders import lines as order_lines
from checkout.orders.models import Order
from checkout.warehouse import selectors
from checkout.warehouse.models import PickWave
from checkout.warehouse.papers.data import Label, PickList, PickRow, Slip, SlipLine
from inventory.stock import selectors as stock
from shop.core import formats


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends parcels, as the merchant's papers say it."""

    lines: tuple[str, ...]
    contact: str


def sender() -> Sender:
    """The merchant as on invoices. One query."""
    details = invoices.details()
    address = tuple(line.strip() for line in details.address.splitlines() if line.strip())
    contact = " · ".join(part for part in (details.email, details.phone, details.website) if part)
    return Sender((details.name, *address), contact)


def slip(shipment: Shipment, *, of: Sender, at: datetime) -> Slip:
    """The packing slip, in the shopper's language; `shipment` with order and lines. `at`: the day that it bears."""
    order = shipment.order
    with override(order.language):
        return Slip(
            number=shipment.number,
            order_number=order.number,
            date=formats.day(shipment.packed_at or at),
            shop=of.lines,
            address=tuple(emails.address_lines(order.shipping_address)),
            lines=tuple(_slip_line(order, line) for line in _sorted(shipment)),
            delivery=order.delivery_name,
            po_number=order.po_number,
            gift_message=order.gift_message,
            is_gift=bool(order.gift_message),
            is_collected=where.is_collected(order),
            foot=_("Questions, or something to send back? %(contact)s") % {"contact": of.contact} if of.contact else "",
        )


def label(shipment: Shipment, *, of: Sender, made: base.Label | None = None) -> Label:
    """The label as we draw it, as its carrier has just made it or as the parcel knows it; `shipment` with order and
    lines. Without any carrier it bears the parcel's number."""
    order = shipment.order
    address = order.shipping_address
    with override(order.language):
        lines = emails.address_lines(address)
    return Label(
        number=shipment.number,
        order_number=order.number,
        sender=of.lines,
        address=tuple(lines),
        carrier=made.carrier if made else shipment.carrier or of.lines[0],
        service=(made.service if made else shipment.service) or order.delivery_name,
        tracking=made.tracking_number if made else shipment.tracking_number,
        code=made.barcode if made else shipment.barcode or shipment.tracking_number or shipment.number,
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
        date=formats.moment(at),
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
        options=order_lines.about(bought),
        ordered=bought.quantity,
        price=order.money(bought.unit_price_minor).format(),
        total=order.money(bought.unit_price_minor * line.quantity).format(),
    )
