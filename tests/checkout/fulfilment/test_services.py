"""Parcels, from paid to delivered."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connections

from checkout.fulfilment import selectors
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment
from checkout.orders import services as orders
from checkout.orders.models import Order
from inventory.stock import selectors as stock
from inventory.stock.models import StockMovement
from shop.core import db
from shop.events.models import OutboxEvent
from shop.notifications.models import Notification
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.factories.inventory import stocked

pytestmark = pytest.mark.django_db
UPS = {"carrier": "UPS", "tracking_number": "1Z999", "tracking_url": "https://ups.example/1Z999", "by": "staff:1"}


def test_a_paid_order_is_picked_shipped_and_delivered() -> None:
    item = stocked(5)
    order = make.paid([item], quantity=2)
    outbox.drain()
    fulfilment.start(order_id=order.pk, by="staff:1")
    assert fulfilment.pick(order_id=order.pk, by="staff:1").fulfilment_state == "picked"
    assert fulfilment.dispatch(order_id=order.pk, **UPS).status == "shipped"
    outbox.drain()
    item.refresh_from_db()
    assert (item.on_hand, item.allocated, item.reserved) == (3, 0, 0)
    order = fulfilment.deliver(order_id=order.pk, by="staff:1")
    outbox.drain()
    assert outbox.failures() == []
    assert (order.status, order.fulfilment_state) == ("delivered", "delivered")
    [shipment] = selectors.shipments_of(order.pk)
    assert (shipment.status, shipment.carrier, shipment.tracking_number) == ("delivered", "UPS", "1Z999")
    assert [(line.quantity, line.order_line.sku) for line in shipment.lines.all()] == [(2, item.sku)]
    assert shipment.delivered_at >= shipment.shipped_at
    mail = Notification.objects.get(template="order_shipped")
    told = mail.context["shipment"]
    assert (told["number"], told["carrier"], told["tracking_number"]) == (shipment.number, "UPS", "1Z999")
    assert Notification.objects.filter(template="order_delivered").count() == 1
    assert violations(ask_provider=False) == []


def test_stock_leaves_even_if_the_sale_was_not_committed_before() -> None:
    item = stocked(5)
    order = make.ready([item])  # no event has been delivered yet
    fulfilment.dispatch(order_id=order.pk, **UPS)
    for _ in range(2):
        for shipment in selectors.shipments_of(order.pk):
            fulfilment.ship_stock(shipment_id=shipment.pk, by="system")
    orders.commit_stock(order_id=order.pk, by="system")
    item.refresh_from_db()
    assert (item.on_hand, item.allocated, item.reserved) == (4, 0, 0)
    assert StockMovement.objects.filter(stock_item_id=item.pk, kind="ship").count() == 1


def test_dispatching_twice_is_once() -> None:
    order = make.ready()
    for _ in range(2):
        fulfilment.dispatch(order_id=order.pk, **UPS)
    assert OutboxEvent.objects.filter(event_type="ShipmentDispatched").count() == 1
    with pytest.raises(orders.TransitionRefused):
        fulfilment.dispatch(order_id=order.pk, **{**UPS, "tracking_number": "another"})


def test_opening_twice_is_once() -> None:
    order = make.paid()
    first = fulfilment.open_shipments(order_id=order.pk, by="system")
    assert fulfilment.open_shipments(order_id=order.pk, by="system") == first
    assert Shipment.objects.count() == 1


def test_nothing_is_opened_for_an_order_that_is_over() -> None:
    order = make.paid()
    orders.cancel(order_id=order.pk, by="guest")
    assert fulfilment.open_shipments(order_id=order.pk, by="system") == []


@pytest.mark.parametrize("step", ["start", "pick", "deliver"])
def test_steps_are_not_skipped(step: str) -> None:
    order = make.placed()
    with pytest.raises(orders.TransitionRefused):
        getattr(fulfilment, step)(order_id=order.pk, by="staff:1")
    with pytest.raises(orders.TransitionRefused):
        fulfilment.dispatch(order_id=order.pk, **UPS)
    order.refresh_from_db()
    assert (order.status, order.fulfilment_state) == ("payment_pending", "unfulfilled")
    assert (stock.allocated(order.pk), Shipment.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"carrier": ""},
        {"carrier": "x" * 61},
        {"tracking_number": "  "},
        {"tracking_number": "x" * 81},
        {"tracking_url": "javascript:alert(1)"},
        {"tracking_url": "https://"},
        {"tracking_url": "ups.example"},
    ],
)
def test_wrong_tracking_is_refused(wrong: dict[str, str]) -> None:
    order = make.ready()
    with pytest.raises(fulfilment.TrackingRefused):
        fulfilment.dispatch(order_id=order.pk, **{**UPS, **wrong})
    order.refresh_from_db()
    assert order.status == "ready_to_ship"


def test_cancelling_stops_the_parcel() -> None:
    order = make.ready()
    orders.cancel(order_id=order.pk, by="staff:1")
    fulfilment.cancel_shipments(order_id=order.pk, by="system")
    assert [shipment.status for shipment in Shipment.objects.all()] == ["cancelled"]
    assert selectors.shipments_of(order.pk) == []


def test_what_was_cancelled_after_packing_long_ago_is_picked_no_more() -> None:
    def cancelled() -> Order:
        order = make.ready()
        orders.cancel(order_id=order.pk, by="staff:1")
        fulfilment.cancel_shipments(order_id=order.pk, by="system")
        return order

    old, refunded, packed, waiting = cancelled(), cancelled(), make.ready(), make.ready()
    orders.cancel(order_id=waiting.pk, by="staff:1")  # its parcel is given up in a moment
    now = Order.objects.filter(pk__in=[old.pk, refunded.pk])
    as_it_is_now = set(now.values_list("fulfilment_state", "to_pick"))
    assert as_it_is_now == {("unfulfilled", 0)}
    now.update(fulfilment_state="picked", to_pick=1)
    migration = import_module("checkout.migrations.0030_given_up_parcels")
    with connections[db.DEFAULT].schema_editor(atomic=False) as editor:
        migration.mend(None, editor)
    assert set(now.values_list("fulfilment_state", "to_pick")) == as_it_is_now
    still = Order.objects.filter(pk__in=[packed.pk, waiting.pk])
    assert list(still.values_list("fulfilment_state", flat=True)) == ["picked", "picked"]
