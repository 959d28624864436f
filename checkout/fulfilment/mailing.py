"""Orders of nothing but what is sent by e-mail: their parcels leave and arrive by themselves, once it was sent.

So they end as others do, their stock and money follow by the same events, and their units can be returned. The
warehouse never sees one: the parcels are made when there is nothing left to do with them.
"""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from checkout.fulfilment import contents, leaving, locking, opening, rules
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.giftcards import bought
from checkout.orders import where
from checkout.orders.models import Order
from inventory.stock import selectors as stock_selectors
from inventory.stock import services as stock
from shop.core import db
from shop.events import bus, types

Status = Shipment.Status


def complete(*, order_id: UUID, by: str) -> None:
    """Take an order whose gift cards were all sent to its end. Nothing where some are still to be sent, it is not paid
    for, or goes to an address. Idempotent."""
    if not (where.is_by_email(Order.objects.get(pk=order_id)) and bought.are_sent(order_id)):
        return
    opening.open_shipments(order_id=order_id, by=by)
    with transaction.atomic(using=db.DEFAULT):
        order, shipments = locking.order_and_shipments(order_id)
        here = [one for one in shipments if one.status in rules.HERE]
        if not (here and where.is_by_email(order) and contents.is_ready(order)):
            return
        if order.status == Order.Status.PAYMENT_CONFIRMED:
            contents.pull(order, "start_fulfillment", by=by)
        now = db.clock()
        ShipmentLine.objects.filter(shipment__in=here).update(picked=F("quantity"))
        contents.move(here, Status.SHIPPED, by, carrier=_("By e-mail"), picked_at=now, shipped_at=now)
        for shipment in here:
            bus.publish(types.ShipmentDispatched(order_id=order.pk, shipment_id=shipment.pk), using=db.DEFAULT)
        leaving.arrive(here, by, now)
        contents.advance(order, by=by)


def take_back(*, order_id: UUID, by: str) -> None:
    """Units of a cancelled order that were sent by e-mail are in stock again: their cards have been ended. Once for
    each parcel, however often called."""
    rows = Shipment.objects.filter(order_id=order_id, status=Status.CANCELLED, shipped_at__isnull=False)
    for shipment in rows:
        if shipment.location_id is None:
            continue  # opened before parcels knew where they are packed
        skus = {one.order_line.variant_id: one.order_line.sku for one in contents.lines_of([shipment])}
        for variant_id, units in stock_selectors.shipped_with(leaving.document(shipment)).items():
            stock.receive_once(
                variant_id=variant_id, sku=skus[variant_id], quantity=units, location_id=shipment.location_id,
                reason="cancelled", by=by, document=f"recall:{shipment.pk}",
            )  # fmt: skip
