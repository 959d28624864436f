"""Parcels are where the units are, and follow the order's lines."""

from __future__ import annotations

import pytest
from django.db import transaction

from checkout.fulfilment import opening
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders import locking, revising
from checkout.orders.models import Order
from inventory.stock import services as stock
from shop.core import db
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.factories.inventory import stocked
from tests.factories.parcels import BY, parcels, picked, sent, split_order, told, two_places
from tests.inventory.checks import assert_adds_up, counters

pytestmark = pytest.mark.django_db


def take_off(order: Order, units: int, *, position: int = 1) -> Order:
    """Units of a line taken off the order, as a change of it does."""
    with transaction.atomic(using=db.DEFAULT):
        locked = locking.order(order.pk)
        line = locked.lines.get(position=position)
        revising.revise(order=locked, kind="cancel", by=BY, removed={line.pk: units})
        fulfilment.adapt(order=locked, by=BY)
    fulfilment.open_shipments(order_id=order.pk, by=BY)
    return locked


def test_one_parcel_for_each_location_and_a_line_may_be_in_two() -> None:
    here, there = two_places(2, 3)
    alone = stocked(1, location=here.location.code)
    order = make.paid([here, alone], quantity=1)
    assert len(fulfilment.open_shipments(order_id=order.pk, by="system")) == 1
    order = make.paid([there], quantity=4)
    made = fulfilment.open_shipments(order_id=order.pk, by="system")
    assert fulfilment.open_shipments(order_id=order.pk, by="system") == made
    assert [(one.number, one.location_id) for one in made] == [
        (f"{order.number}-1", here.location_id),
        (f"{order.number}-2", there.location_id),
    ]
    assert parcels(order) == [("open", 1, 0), ("open", 3, 0)]
    assert told(order) == ("payment_confirmed", "unfulfilled", 4)
    assert_adds_up()


def test_nothing_is_opened_before_the_order_is_paid() -> None:
    order = make.placed()
    assert fulfilment.open_shipments(order_id=order.pk, by="system") == []


def test_a_unit_taken_off_leaves_its_parcel_and_goes_back_to_the_stock() -> None:
    order, _first, second = split_order(1, 2)
    take_off(order, 1)
    assert parcels(order) == [("open", 1, 0), ("open", 1, 0)]
    assert told(order)[2] == 2
    item = order.lines.get()
    assert sum(one.kept for one in stock.allocated(order.pk)) == 2
    assert item.quantity == 2
    outbox.drain()
    assert violations(ask_provider=False) == []
    assert_adds_up()
    assert Shipment.objects.get(pk=second.pk).version > second.version


def test_what_is_picked_goes_last_and_an_empty_parcel_is_cancelled() -> None:
    order, first, second = split_order(1, 2)
    picked(first)
    take_off(order, 2)
    assert parcels(order) == [("picked", 1, 1)]
    assert Shipment.objects.get(pk=second.pk).status == "cancelled"
    assert ShipmentLine.objects.get(shipment=second).quantity == 2  # what was to be in it stays on record
    assert told(order) == ("ready_to_ship", "picked", 0)  # nothing is left to pick: it went on by itself
    assert_adds_up()


def test_an_order_whose_rest_is_taken_off_is_shipped() -> None:
    order, first, _second = split_order(1, 2)
    picked(first)
    sent(first)
    assert told(order) == ("processing", "partly_shipped", 2)
    take_off(order, 2)
    assert told(order) == ("shipped", "shipped", 0)
    outbox.drain()
    assert outbox.failures() == []
    assert violations(ask_provider=False) == []
    assert_adds_up()


def test_units_that_have_left_cannot_be_taken_off() -> None:
    order, first, _second = split_order(1, 2)
    picked(first)
    sent(first)
    with pytest.raises(opening.UnitsHaveLeft):
        take_off(order, 3)
    assert parcels(order) == [("shipped", 1, 1), ("open", 2, 0)]


def test_a_change_before_the_parcels_are_opened_leaves_nothing_behind() -> None:
    item = stocked(5)
    order = make.paid([item], quantity=3)
    take_off(order, 2)
    assert parcels(order) == [("open", 1, 0)]
    assert counters(item) == (5, 0, 1, 0)
    assert_adds_up()


def test_a_parcel_from_before_learns_where_it_is_packed() -> None:
    order = make.paid()
    [shipment] = fulfilment.open_shipments(order_id=order.pk, by="system")
    Shipment.objects.filter(pk=shipment.pk).update(location_id=None)
    assert [one.location_id for one in fulfilment.open_shipments(order_id=order.pk, by="system")] == [
        shipment.location_id
    ]
