"""What must hold of parcels is seen when it does not."""

from __future__ import annotations

import pytest

from checkout.fulfilment.invariants import parcels_hold_the_order
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders.models import Order
from tests import outbox
from tests.factories.inventory import LocationFactory
from tests.factories.parcels import picked, sent, split_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    order, first, _second = split_order(1, 2)
    sent(picked(first))
    outbox.drain()
    assert parcels_hold_the_order() == []
    return Order.objects.get(pk=order.pk)


def test_a_unit_in_no_parcel_or_in_two(order: Order) -> None:
    line = ShipmentLine.objects.filter(order_id=order.pk, shipment__status="open")
    sku = order.lines.get().sku
    for units, all_of_them in ((1, 2), (3, 4)):
        line.update(quantity=units)
        found = parcels_hold_the_order()
        assert found[0] == f"I2 {order.number}: 3 units of {sku}, {all_of_them} in its parcels"


def test_a_parcel_that_is_not_where_its_units_are(order: Order) -> None:
    place = Shipment.objects.filter(order=order, status="open")
    was = place.get().location_id
    place.update(location_id=LocationFactory().pk)
    variant = order.lines.get().variant_id
    assert sorted(parcels_hold_the_order()) == sorted(
        [
            f"I2 {order.number}: 0 units of {variant} are packed at {was}, 2 are allocated",
            f"I2 {order.number}: 2 units of {variant} are packed at {place.get().location_id}, 0 are allocated",
        ]
    )


def test_an_order_that_does_not_know_how_far_it_is(order: Order) -> None:
    Order.objects.filter(pk=order.pk).update(fulfilment_state="shipped", to_pick=0)
    assert parcels_hold_the_order() == [
        f"I8 {order.number}: its parcels are partly_shipped, it says shipped",
        f"I8 {order.number}: it says that 0 units are to be picked",
    ]
