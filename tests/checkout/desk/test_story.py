"""What an order's page says has happened, and what comes next."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from checkout.desk import parcels, story, wording
from checkout.fulfilment import selectors as fulfilment
from checkout.fulfilment import services as fulfilling
from checkout.fulfilment.models import Shipment, TrackingEvent
from checkout.orders import revising
from checkout.orders import selectors as orders
from checkout.orders import services as order_services
from checkout.orders.models import Order, OrderChange
from checkout.payments.models import Refund
from tests.factories import checkout as make
from tests.factories.inventory import stocked

pytestmark = pytest.mark.django_db


def told(order: Order, *, refunds: tuple[Refund, ...] = ()) -> list[tuple[str, str]]:
    """What the page says, the first step first."""
    entries = story.of(
        order,
        lines=orders.lines_of(order.pk),
        steps=orders.steps_of(order.pk),
        parcels=fulfilment.shipments_of(order.pk),
        changes=orders.changes_of(order.pk),
        refunds=refunds,
    )
    return [(one["text"], one["note"]) for one in reversed(entries)]


def parcel_of(order: Order, **changes: object) -> Shipment:
    order_id = order.pk
    shipment = Shipment.objects.create(
        order_id=order_id, number=f"{order.number}-{1 + order.shipments.count()}", **changes
    )
    for line in order.lines.all():
        shipment.lines.create(order_line=line, order_id=order_id, quantity=1)
    return shipment


def test_a_paid_order_that_waits() -> None:
    order = make.paid()
    assert told(order) == [("Order placed", ""), ("Payment confirmed", "")]
    assert wording.headline(order, []) == "We are getting your order ready"
    on = wording.day(order.delivery_on)
    assert wording.what_next(order, []) == f"We write to you when it leaves. It should be with you by {on}."


def test_units_that_were_taken_off_are_told_with_what_comes_back() -> None:
    order = make.paid([stocked(10)], quantity=3, price=1200, shipping=0)
    line = order.lines.get()
    revising.revise(order=order, kind="cancel", by="guest", removed={line.pk: 1})
    assert told(order)[-1] == (f"1 × {line.name} (Blue) cancelled", "The order costs $12.00 less")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("short", "2 × {} could not be found, and will not be sent"),
        ("sold_out", "2 × {} sold out, and will not be sent"),
        ("edit", "2 × {} taken off"),
    ],
)
def test_each_kind_of_change_has_its_words(kind: str, text: str) -> None:
    order = make.paid([stocked(10)], quantity=3)
    line = order.lines.get()
    revising.revise(order=order, kind=kind, by="staff:1", removed={line.pk: 2})
    assert told(order)[-1][0] == text.format(f"{line.name} (Blue)")


def test_a_change_of_an_unpaid_order_promises_nothing_back() -> None:
    order = make.placed([stocked(10)], quantity=2, price=1000, shipping=0)
    revising.revise(order=order, kind="edit", by="staff:1", removed={order.lines.get().pk: 1})
    assert told(order)[-1][1] == "The order costs $10.00 less"


def test_other_wishes_are_told_without_money() -> None:
    order = make.paid()
    revising.revise(
        order=order, kind="edit", by="staff:1",
        changed={"gift_message": "Enjoy", "po_number": "4711", "shipping_address": {"city": "Oslo"}},
    )  # fmt: skip
    assert told(order)[-1] == ("Delivery address changed; Gift message changed; PO number changed", "")


def test_two_parcels_are_told_apart() -> None:
    order = make.paid()
    now = timezone.now()
    Shipment.objects.filter(order=order).delete()
    parcel_of(order, carrier="UPS", tracking_number="1Z9", packed_at=now, shipped_at=now + timedelta(minutes=1))
    parcel_of(order)
    assert told(order)[2:] == [("Parcel 1 is packed", ""), ("Parcel 1 was handed to UPS", "1Z9")]
    order.status = "ready_to_ship"
    shipments = fulfilment.shipments_of(order.pk)
    assert wording.headline(order, shipments) == "Part of your order is on its way"
    assert wording.what_next(order, shipments).startswith("1 of 2 parcels has left us;")
    shipments[0].delivered_at = now
    assert wording.headline(order, shipments) == "Part of your order has arrived"


def test_an_order_that_is_late_says_so() -> None:
    order = make.paid()
    order.delivery_on = timezone.localdate() - timedelta(days=1)
    assert "is late. We are sorry" in wording.what_next(order, [])
    order.delivery_on = timezone.localdate()
    assert "late" not in wording.what_next(order, [])


def test_the_whole_way_of_one_parcel() -> None:
    order = make.ready()
    fulfilling.dispatch(order_id=order.pk, carrier="UPS", tracking_number="1Z", by="staff:1")
    order = fulfilling.deliver(order_id=order.pk, by="staff:1")
    texts = [text for text, _note in told(order)]
    assert texts[:3] == ["Order placed", "Payment confirmed", "We started to pack"]
    assert texts[-2:] == ["Your parcel was handed to UPS", "Your parcel was delivered"]
    shipments = fulfilment.shipments_of(order.pk)
    assert wording.headline(order, shipments) == "Delivered"
    assert wording.what_next(order, shipments).startswith("It arrived on ")


@pytest.mark.parametrize(
    ("status", "destination", "text"),
    [
        ("requested", "original", "$5.00 is on its way back to you"),
        ("done", "original", "$5.00 went back to you"),
        ("done", "store_credit", "$5.00 is yours as store credit"),
    ],
)
def test_money_that_goes_back_is_told(status: str, destination: str, text: str) -> None:
    order = make.paid()
    refund = Refund.objects.create(
        payment=make.payment_of(order), order_id=order.pk, amount_minor=500, status=status, destination=destination,
        actor="staff:1",
    )  # fmt: skip
    refund.refresh_from_db()
    assert told(order, refunds=(refund,))[-1][0] == text


def test_store_credit_goes_back_to_where_it_was_without_a_bank() -> None:
    order = make.paid()
    payment = make.payment_of(order)
    payment.provider = "store_credit"
    refund = Refund(payment=payment, order_id=order.pk, amount_minor=500, status="done", created_at=timezone.now())
    assert told(order, refunds=(refund,))[-1] == ("$5.00 is yours as store credit", "")


@pytest.mark.parametrize(
    ("back", "note"), [(1200, "$3.00 more to pay"), (1500, ""), (1800, "The order costs $3.00 less"), (None, "")]
)
def test_an_exchange_is_told_beside_what_came_back_for_it(back: int | None, note: str) -> None:
    order = make.paid([stocked(10)], quantity=3, price=1500, shipping=0)
    change = OrderChange(
        order=order, kind="exchange", difference_minor=1500, added={str(order.lines.get().pk): 1}, at=timezone.now()
    )
    entries = story.of(
        order, lines=orders.lines_of(order.pk), steps=[], parcels=[], changes=[change], refunds=[],
        swaps={} if back is None else {change.pk: back},
    )  # fmt: skip
    assert [(one["text"], one["note"]) for one in entries] == [(f"1 × {order.lines.get().name} (Blue) added", note)]


def test_the_variant_is_named_where_the_product_has_several() -> None:
    order = make.paid([stocked(10)], quantity=2)
    order.lines.update(options={"Size": "L"})
    revising.revise(order=order, kind="edit", by="staff:1", removed={order.lines.get().pk: 1})
    assert told(order)[-1][0] == f"1 × {order.lines.get().name} (L) taken off"


def test_a_cancelled_order() -> None:
    order = make.paid()
    order_services.cancel(order_id=order.pk, by="guest")
    order.refresh_from_db()
    assert told(order)[-1] == ("Order cancelled", "")


def test_one_parcel_is_shown_once_it_has_left_and_several_at_once() -> None:
    order = make.paid()
    Shipment.objects.filter(order=order).delete()
    first = parcel_of(order)
    assert parcels.rows(order, fulfilment.shipments_of(order.pk)) == []
    Shipment.objects.filter(pk=first.pk).update(is_waiting=True)
    (waiting,) = parcels.rows(order, fulfilment.shipments_of(order.pk))
    assert (waiting["state"], waiting["is_waiting"]) == ("Waits for stock", True)
    parcel_of(order, status="picked")
    assert [one["state"] for one in parcels.rows(order, fulfilment.shipments_of(order.pk))] == [
        "Waits for stock",
        "Packed, waits for the carrier",
    ]


def test_a_parcels_news_are_our_steps_and_the_carriers_each_once() -> None:
    order = make.paid()
    now = timezone.now()
    parcel = parcel_of(
        order, carrier="UPS", packed_at=now, shipped_at=now + timedelta(hours=1), delivered_at=now + timedelta(hours=9)
    )
    for n, code in enumerate(["labelled", "accepted", "in_transit", "delivered"]):
        TrackingEvent.objects.create(
            shipment=parcel, order_id=order.pk, code=code, place=f"Town {n}", at=now + timedelta(hours=2 + n),
            source="demo", event_id=str(n),
        )  # fmt: skip
    events = fulfilment.events_of(parcel.pk)
    assert [(one["label"], one["place"]) for one in parcels.news(Order(), parcel, events)] == [
        ("Delivered", "Town 3"),
        ("On its way", "Town 2"),
        ("Handed to the carrier", "Town 1"),
        ("Packed", ""),
    ]
    assert [one["label"] for one in parcels.news(Order(), parcel, [])] == ["Delivered", "Handed to UPS", "Packed"]
