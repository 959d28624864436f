"""Orders that are over, and what the database has of an order, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import connection

from catalog.products.models import Product, Variant
from checkout.archive import contents, services
from checkout.changes import services as changes
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment import tracking
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.notes import services as notes
from checkout.orders.models import Order
from checkout.payments import services as payments
from checkout.returns import services as returning
from inventory.stock.models import StockItem
from shop.core import db
from shop.core.money import Money
from tests import outbox
from tests.factories import cart as carts
from tests.factories import catalog, parcels, photos
from tests.factories import returns as returned
from tests.factories.changes import bought, line_of, now
from tests.factories.checkout import ADDRESS, ready
from tests.factories.inventory import LocationFactory, stocked

TOMORROW = timedelta(days=1)


def delivered(items: Sequence[StockItem] | None = None, **details: object) -> Order:
    """An order that was paid, sent and delivered; all its events are heard."""
    order = ready(items, **details)
    outbox.drain()
    fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number=f"1Z{order.pk.hex[-8:]}", by="staff:1")
    outbox.drain()
    fulfilment.deliver(order_id=order.pk, by="staff:1")
    outbox.drain()
    order.refresh_from_db()
    return order


def eventful(**details: Any) -> Order:
    """An order of which everything has happened that can: bought with a coupon, changed, sent in parcels from two
    places, in part refunded, in part sent back with photos, in part exchanged; over at last. Needs the sandbox."""
    carts.rates()
    returned.rule()
    carts.coupon()
    shirt, mug = carts.product(amount=2000), carts.product(units=0, amount=1500)
    stocked(9, variant_id=carts.variant_of(mug).pk, location=LocationFactory().code)
    other = catalog.add_variant(shirt, units=3, amount=1000, options={"Size": "L"}, position=5)
    order = bought((shirt, 4), (mug, 3), coupons=("SAVE10",), gift_message="For you", po_number="PO-7", **details)
    changes.edit(
        order_id=order.pk, seen_revision=0, removed={line_of(order, mug).pk: 1}, reason="one was enough", by="staff:1",
        shipping_address={**ADDRESS, "address1": "2 Engine Road"}, fields={"gift_message": "For both of you"},
    )  # fmt: skip
    notes.add(order_id=order.pk, text="Rings twice", is_shown_to_customer=False, by="staff:1")
    notes.add(order_id=order.pk, text="It is on its way", is_shown_to_customer=True, by="staff:1")
    outbox.drain(rounds=50)
    _sent(order, is_split=True)
    payments.request_refund(order_id=order.pk, amount=Money(300, "USD"), reason="late", by="staff:1")
    outbox.drain(rounds=50)
    _returned(order, shirt, mug, other)
    _sent(now(order))  # what was exchanged
    return now(order)


def _sent(order: Order, *, is_split: bool = False) -> None:
    """Every open parcel of it picked, sent, followed and delivered; `is_split`: the first one in two."""
    if order.status == Order.Status.PAYMENT_CONFIRMED:
        fulfilment.start(order_id=order.pk, by="staff:1")
    waiting = Shipment.objects.filter(order=order, status="open").order_by("pk")
    if is_split:
        line = ShipmentLine.objects.filter(shipment=waiting[0], quantity__gt=1)[0]
        fulfilment.split(shipment_id=line.shipment_id, units={line.pk: 1}, by="staff:1")
    for parcel in list(waiting):
        parcels.sent(parcels.picked(parcel))
        tracking.track(
            shipment_id=parcel.pk, code="in_transit", at=db.clock(), source="staff:1", event_id=str(parcel.pk),
            text="Sorted", place="Chicago",
        )  # fmt: skip
        fulfilment.deliver_one(shipment_id=parcel.pk, by="staff:1")
    outbox.drain(rounds=50)


def _returned(order: Order, shirt: Product, mug: Product, other: Variant) -> None:
    """A shirt for money, with photos; one exchanged; a mug that was not accepted; one that the shopper keeps."""
    one, two = line_of(order, shirt), line_of(order, mug)
    shots = [photos.jpeg(), photos.jpeg(64, 48)]
    money = returned.asked(order, returned.wanted(one, reason="damaged"), pictures=shots, comment="A hole")
    swap = returned.asked(order, returned.wanted(one, exchange_for=other.pk), wish="exchange")
    broken = returned.asked(order, returned.wanted(two, condition="used"))
    for found in (money, swap):
        returned.back(found)
        returning.reimburse(return_id=found.pk, by="staff:1")
        outbox.drain(rounds=50)
    returning.refuse(return_id=broken.pk, reason="It was used", by="staff:1")
    kept = returned.asked(order, returned.wanted(two))
    returning.cancel(return_id=kept.pk, by="guest")
    outbox.drain(rounds=50)


def archive_all(**options: Any) -> int:
    """Archive whatever is over now; how many that were."""
    return sum(services.archive(before=db.clock() + TOMORROW, by="system", **options))


def rows_of(order: Order) -> dict[str, list[Any]]:
    """Every row of an order as the database has it, by table."""
    ids = {"ids": [order.pk]}
    found: dict[str, list[Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(o) FROM checkout_order o WHERE id = ANY(%(ids)s)", ids)
        found["checkout_order"] = cursor.fetchall()
        for part in contents.PARTS:
            where = contents.delete_sql(part).partition(" WHERE ")[2]
            cursor.execute(
                f'SELECT to_jsonb(part) FROM (SELECT * FROM "{part.table}" WHERE {where}) part ORDER BY part.id', ids
            )
            found[part.table] = cursor.fetchall()
    return found
