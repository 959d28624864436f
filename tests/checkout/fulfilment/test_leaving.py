"""Parcels that leave one by one: stock, money, mail and the order follow each of them exactly once."""

from __future__ import annotations

import pytest
from django.db.models import F

from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders import services as orders
from checkout.orders.models import Order
from checkout.payments.models import Capture, Payment, PaymentOptions
from inventory.stock import services as stock
from inventory.stock.models import Allocation, StockItem, StockMovement
from shop.events.models import OutboxEvent
from shop.notifications.models import Notification
from tests import outbox
from tests.checkout.fulfilment.test_opening import take_off
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.factories.inventory import LocationFactory, stocked
from tests.factories.parcels import BY, parcels, picked, sent, split_order, told
from tests.fakes.sandbox import RunningSandbox
from tests.inventory.checks import assert_adds_up

pytestmark = pytest.mark.django_db


def test_stock_leaves_with_its_own_parcel_and_once() -> None:
    order, first, second = split_order(1, 2)
    outbox.drain()
    sent(picked(first))
    outbox.drain()
    assert told(order) == ("processing", "partly_shipped", 2)
    levels = dict(StockItem.objects.values_list("location_id", "on_hand"))
    assert (levels[first.location_id], levels[second.location_id]) == (0, 2)
    sent(picked(second))
    outbox.drain()
    for parcel in (first, second):
        fulfilment.ship_stock(shipment_id=parcel.pk, by="system")
    moved = StockMovement.objects.filter(kind="ship").order_by("quantity")
    assert list(moved.values_list("document", "quantity")) == [
        (f"shipment:{second.pk}", -2),
        (f"shipment:{first.pk}", -1),
    ]
    assert told(order) == ("shipped", "shipped", 0)
    assert Notification.objects.filter(template="order_shipped").count() == 2
    assert outbox.failures() == []
    assert violations(ask_provider=False) == []
    assert_adds_up()


def test_a_parcel_leaves_once_and_only_when_it_is_picked() -> None:
    order, first, _second = split_order(1, 2)
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        sent(first)
    assert refused.value.code == "not_picked"
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        fulfilment.deliver_one(shipment_id=first.pk, by=BY)
    assert refused.value.code == "not_shipped"
    picked(first)
    for _ in range(2):
        sent(first)
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        sent(first, "another number")
    assert refused.value.code == "already_shipped"
    with pytest.raises(fulfilment.TrackingRefused):
        sent(first, " ")
    assert OutboxEvent.objects.filter(event_type="ShipmentDispatched").count() == 1
    assert parcels(order) == [("shipped", 1, 1), ("open", 2, 0)]


def test_once_a_parcel_has_left_the_order_is_not_cancelled() -> None:
    order, first, _second = split_order(1, 2)
    sent(picked(first))
    with pytest.raises(orders.TransitionRefused, match="already on its way"):
        orders.cancel(order_id=order.pk, by="guest")
    assert told(order) == ("processing", "partly_shipped", 2)


def test_what_is_not_paid_for_does_not_leave() -> None:
    order, first, _second = split_order(1, 2)
    picked(first)
    Order.objects.filter(pk=order.pk).update(secured_minor=0, captured_minor=100)
    with pytest.raises(orders.TransitionRefused, match="not all of what it costs is taken or held"):
        sent(first)
    assert parcels(order)[0] == ("picked", 1, 1)


def test_what_a_recount_did_not_find_does_not_leave() -> None:
    order, first, second = split_order(1, 2)
    for parcel, found, verb in ((first, 0, "are"), (second, 1, "is")):
        picked(parcel)
        item = StockItem.objects.get(location_id=parcel.location_id)
        stock.recount(stock_item_id=item.pk, on_hand=found, reason="counted", by=BY)
        with pytest.raises(fulfilment.ShipmentRefused) as refused:
            sent(parcel)
        assert (refused.value.code, str(refused.value)) == (
            "not_on_hand", f"Only {found} of {item.sku} {verb} on hand. Count them before the parcel leaves.",
        )  # fmt: skip
    assert parcels(order) == [("picked", 1, 1), ("picked", 2, 2)]


def test_the_order_has_arrived_when_every_parcel_has() -> None:
    order, first, second = split_order(1, 2)
    for parcel in (first, second):
        sent(picked(parcel))
    for _ in range(2):
        fulfilment.deliver_one(shipment_id=second.pk, by=BY)
    assert told(order) == ("shipped", "shipped", 0)
    fulfilment.deliver_one(shipment_id=first.pk, by=BY)
    assert told(order) == ("delivered", "delivered", 0)
    assert OutboxEvent.objects.filter(event_type="OrderDelivered").count() == 1


def test_units_that_come_back_change_the_state_after_everything_has_left() -> None:
    order, first, second = split_order(1, 2)
    sent(picked(first))
    order.lines.update(returned=1)
    assert fulfilment.note_state(order=order, by=BY) == "partly_shipped"
    sent(picked(second))
    assert told(order) == ("shipped", "partly_returned", 0)
    fulfilment.deliver(order_id=order.pk, by=BY)  # a return does not keep the rest from arriving
    assert told(order) == ("delivered", "partly_returned", 0)
    order.lines.update(returned=3)
    assert fulfilment.note_state(order=order, by=BY) == "returned"


def test_a_parcel_that_is_added_to_a_delivered_order_goes_its_way() -> None:
    order, first, second = split_order(1, 2)
    for parcel in (first, second):
        sent(picked(parcel))
    fulfilment.deliver(order_id=order.pk, by=BY)
    new = Shipment.objects.create(order=order, number=f"{order.number}-3", location_id=first.location_id)
    line = order.lines.get()
    stock.receive(
        variant_id=line.variant_id, sku=line.sku, quantity=1, reason="delivery", by=BY,
        location=StockItem.objects.get(location_id=first.location_id).location.code,
    )  # fmt: skip
    order.lines.update(quantity=4, total_minor=10_000)
    paid = {"captured_minor": 10_500, "secured_minor": 10_500}
    Order.objects.filter(pk=order.pk).update(subtotal_minor=10_000, total_minor=10_500, **paid)
    ShipmentLine.objects.create(shipment=new, order_line=line, order_id=order.pk, quantity=1)
    Allocation.objects.filter(reference=order.pk, location_id=first.location_id).update(quantity=F("quantity") + 1)
    StockItem.objects.filter(location_id=first.location_id).update(allocated=F("allocated") + 1)
    assert fulfilment.pick(order_id=order.pk, by=BY).fulfilment_state == "partly_shipped"
    assert fulfilment.dispatch(order_id=order.pk, carrier="UPS", tracking_number="3", by=BY).status == "delivered"
    assert fulfilment.deliver(order_id=order.pk, by=BY).status == "delivered"
    assert told(order) == ("delivered", "delivered", 0)


def held(shop_sandbox: RunningSandbox, units: int, shipping: int = 500) -> tuple[Order, list[Shipment]]:
    """An order whose money is taken parcel by parcel, of `units` at a location of their own each."""
    PaymentOptions.objects.update_or_create(id=1, defaults={"capture_when": "on_shipment"})
    item = stocked(1)
    for _ in range(units - 1):
        stocked(1, variant_id=item.variant_id, location=LocationFactory().code)
    order = make.placed([item], quantity=units, price=3333, shipping=shipping)
    outbox.drain()
    return order, list(Shipment.objects.filter(order=order).order_by("id"))


def test_money_is_taken_parcel_by_parcel_to_the_cent(shop_sandbox: RunningSandbox) -> None:
    order, shipments = held(shop_sandbox, 3)
    taken = []
    for shipment in reversed(shipments):
        sent(picked(shipment))
        outbox.drain()
        taken.append(make.payment_of(order).captured_minor)
    assert taken == [3499, 6999, 10_499]
    assert taken[-1] == Order.objects.get(pk=order.pk).total_minor
    assert outbox.failures() == []
    assert violations() == []
    assert_adds_up()


@pytest.mark.parametrize("shipping", [500, 0])  # a cent is left to be taken with the last change, and none
def test_the_rest_is_let_go_when_the_rest_is_taken_off(shop_sandbox: RunningSandbox, shipping: int) -> None:
    order, shipments = held(shop_sandbox, 3, shipping)
    sent(picked(shipments[0]))
    outbox.drain()
    take_off(order, 2)
    outbox.drain()
    order.refresh_from_db()
    payment = Payment.objects.get(order=order)
    assert told(order) == ("shipped", "shipped", 0)
    assert (payment.captured_minor, payment.held_minor, order.balance_minor) == (order.total_minor, 0, 0)
    assert Capture.objects.filter(status="requested").count() == 0
    assert outbox.failures() == []
    assert violations() == []


def test_an_order_given_back_keeps_what_has_left_out_of_the_stock() -> None:
    order, first, second = split_order(1, 2)
    sent(picked(first))
    fulfilment.give_back_stock(order_id=order.pk, by="system")  # its event came before that of the parcel
    fulfilment.ship_stock(shipment_id=first.pk, by="system")
    levels = {item.location_id: (item.on_hand, item.allocated) for item in StockItem.objects.all()}
    assert (levels[first.location_id], levels[second.location_id]) == ((0, 0), (2, 0))
    assert_adds_up()


def test_without_labels_somebody_must_say_who_takes_them() -> None:
    order, first, second = split_order(1, 2)
    for parcel in (first, second):
        picked(parcel)
    with pytest.raises(fulfilment.TrackingRefused, match="has no label: give the carrier"):
        fulfilment.dispatch(order_id=order.pk, is_by_label=True, by=BY)
    with pytest.raises(fulfilment.TrackingRefused):
        fulfilment.dispatch(order_id=order.pk, by=BY)
    assert told(order) == ("ready_to_ship", "picked", 0)
