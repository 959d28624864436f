"""What the mails about parcels say, and when they are sent."""

from __future__ import annotations

import pytest
from django.core import mail
from django.utils import timezone

from checkout.fulfilment import emails
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment
from checkout.orders.models import Order
from shop.core import db
from shop.notifications import services as notifications
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import checkout as make
from tests.factories.inventory import stocked
from tests.factories.parcels import BY, picked, sent, split_order

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


def told(order: Order, template: str) -> list[tuple[str, int]]:
    """Of each mail about a parcel of the order: the parcel, and how many units are still to come."""
    found = Notification.objects.filter(template=template, context__order__number=order.number).order_by("id")
    parcels = [one.context["shipment"] for one in found]
    return [(one["number"], sum(line["quantity"] for line in one["to_come"])) for one in parcels]


def deliver(parcel: Shipment) -> None:
    for _twice in range(2):
        fulfilment.deliver_one(shipment_id=parcel.pk, by=BY)
    outbox.drain(mails=False)


def test_each_of_several_parcels_is_told_when_it_arrives_and_the_last_one_with_its_order() -> None:
    order, first, second = split_order(1, 2)
    for parcel in (first, second):
        sent(picked(parcel))
        outbox.drain(mails=False)
    deliver(first)
    assert told(order, "order_shipped") == [(first.number, 2), (second.number, 0)]
    assert told(order, "parcel_delivered") == [(first.number, 2)]
    assert not Notification.objects.filter(template="order_delivered").exists()
    deliver(second)
    emails.parcel_delivered(order_id=order.pk, shipment_id=first.pk)
    emails.parcel_delivered(order_id=order.pk, shipment_id=second.pk)
    assert told(order, "parcel_delivered") == [(first.number, 2)]
    assert Notification.objects.filter(template="order_delivered").count() == 1
    outbox.drain()
    subjects = [message.subject for message in mail.outbox if "arcel" in message.subject]
    assert subjects == [
        f"Parcel 1 of 2 is on its way (order {order.number})",
        f"Parcel 2 of 2 is on its way (order {order.number})",
        f"Parcel 1 of 2 has arrived (order {order.number})",
        f"Your parcel has arrived (order {order.number})",
    ]


def test_parcels_that_arrive_together_are_told_once() -> None:
    order, first, second = split_order(1, 2)
    for parcel in (first, second):
        sent(picked(parcel))
    fulfilment.deliver(order_id=order.pk, by=BY)
    outbox.drain(mails=False)
    assert told(order, "parcel_delivered") == []
    assert Notification.objects.filter(template="order_delivered").count() == 1


def test_the_only_parcel_of_an_order_is_told_with_it() -> None:
    order = make.ready([stocked(5)])
    fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number="1", by=BY)
    fulfilment.deliver(order_id=order.pk, by=BY)
    outbox.drain()
    assert told(order, "parcel_delivered") == []
    subjects = [message.subject for message in mail.outbox if "arcel" in message.subject]
    assert subjects == [
        f"Your parcel is on its way (order {order.number})",
        f"Your parcel has arrived (order {order.number})",
    ]


def test_a_parcel_that_follows_a_delivered_order_is_told_as_well() -> None:
    """An exchange: the mail about the whole order went out before."""
    order = make.ready([stocked(5)])
    fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number="1", by=BY)
    fulfilment.deliver(order_id=order.pk, by=BY)
    new = parcel(order, [1])
    Shipment.objects.filter(pk=new.pk).update(status="shipped")
    deliver(new)
    assert told(order, "parcel_delivered") == [(new.number, 0)]
    assert Notification.objects.filter(template="order_delivered").count() == 1
