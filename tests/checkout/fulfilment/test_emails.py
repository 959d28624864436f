"""What the mail about a parcel says."""

from __future__ import annotations

import pytest
from django.core import mail
from django.utils import timezone

from checkout.fulfilment import emails
from checkout.fulfilment.models import Shipment
from checkout.orders.models import Order
from shop.core import db
from shop.notifications import services as notifications
from shop.notifications.models import Notification
from tests.factories import checkout as make
from tests.factories.inventory import stocked

pytestmark = pytest.mark.django_db


def parcel(order: Order, units: list[int], *, sent: bool = True) -> Shipment:
    made = Shipment.objects.create(
        order_id=order.pk, number=f"{order.number}-{db.uuid7().hex[-4:]}", carrier="UPS", tracking_number="1Z999",
        shipped_at=timezone.now() if sent else None,
    )  # fmt: skip
    for line, quantity in zip(order.lines.all(), units, strict=True):
        if quantity:
            made.lines.create(order_line=line, order_id=order.pk, quantity=quantity)
    return made


def test_each_parcel_is_told_once_with_its_lines_and_what_is_to_come() -> None:
    order = make.paid([stocked(9), stocked(9)], quantity=3)
    first, second = order.lines.all()
    one, other = parcel(order, [2, 0]), parcel(order, [1, 3], sent=False)
    for _twice in range(2):
        emails.order_shipped(order_id=order.pk, shipment_id=one.pk)
    told = Notification.objects.get().context["shipment"]
    assert [(line["name"], line["quantity"]) for line in told["lines"]] == [(first.name, 2)]
    assert [(line["name"], line["quantity"]) for line in told["to_come"]] == [(first.name, 1), (second.name, 3)]
    assert told["url"].endswith(f"/orders/{order.number}/parcels/{one.number}/?key={order.access_key}")

    Shipment.objects.filter(pk=other.pk).update(shipped_at=timezone.now())
    emails.order_shipped(order_id=order.pk, shipment_id=other.pk)
    assert Notification.objects.latest("id").context["shipment"]["to_come"] == []
    for pk in Notification.objects.values_list("pk", flat=True):
        notifications.send(notification_id=pk)
    bodies = [message.body for message in mail.outbox]
    assert ["Still to come" in body for body in bodies] == [True, False]
    for body in bodies:
        assert "UPS, number 1Z999" in body
        assert "$" not in body  # what a parcel holds, not what it cost: it may be a present


def test_units_that_were_taken_off_are_not_to_come() -> None:
    order = make.paid([stocked(9)], quantity=3)
    order.lines.update(quantity=2, total_minor=5000)
    one = parcel(order, [2])
    emails.order_shipped(order_id=order.pk, shipment_id=one.pk)
    assert Notification.objects.get().context["shipment"]["to_come"] == []
