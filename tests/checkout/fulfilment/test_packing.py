"""Units are picked, parcels split and packed elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from checkout.fulfilment import selectors
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment
from checkout.orders import services as orders
from checkout.orders.models import Order
from inventory.stock import services as stock
from inventory.stock.models import StockItem
from shop.audit.models import AuditEntry
from tests.counting import Counting
from tests.factories import checkout as make
from tests.factories.inventory import LocationFactory, stocked
from tests.factories.parcels import BY, only_line, parcels, picked, sent, split_order, told
from tests.inventory.checks import assert_adds_up, counters

pytestmark = pytest.mark.django_db


def opened(quantity: int = 3, items: list[StockItem] | None = None) -> tuple[Order, Shipment]:
    """A paid order and its one parcel."""
    order = make.paid(items or [stocked(5)], quantity=quantity)
    [shipment] = fulfilment.open_shipments(order_id=order.pk, by="system")
    return order, shipment


def test_an_order_is_ready_when_its_last_parcel_is_picked() -> None:
    order, first, second = split_order(1, 2)
    picked(first)
    assert told(order) == ("processing", "unfulfilled", 2)  # picking it has started the order
    picked(second)
    assert told(order) == ("ready_to_ship", "picked", 0)
    assert parcels(order) == [("picked", 1, 1), ("picked", 2, 2)]
    assert list(order.steps.order_by("position").values_list("trigger", "actor"))[-2:] == [
        ("start_fulfillment", BY),
        ("items_picked", BY),
    ]


def test_numbers_that_were_counted_up_from_an_older_state_are_refused() -> None:
    order, shipment = opened()
    line, seen = only_line(shipment), shipment.version
    fulfilment.pick_units(shipment_id=shipment.pk, units={line.pk: 1}, seen=seen, by=BY)
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        fulfilment.pick_units(shipment_id=shipment.pk, units={line.pk: 1}, seen=seen, by=BY)
    assert refused.value.code == "changed_meanwhile"
    fulfilment.pick_units(shipment_id=shipment.pk, units={line.pk: 2}, seen=seen + 1, by=BY)
    assert parcels(order) == [("open", 3, 2)]


def test_picking_says_how_many_are_picked_in_all_and_may_be_repeated() -> None:
    order, shipment = opened()
    line = only_line(shipment)
    for _ in range(2):
        fulfilment.pick_units(shipment_id=shipment.pk, units={line.pk: 2}, by=BY)
    assert (parcels(order), told(order)[2]) == ([("open", 3, 2)], 1)
    assert AuditEntry.objects.filter(action="shipment.pick").count() == 1
    fulfilment.pick_units(shipment_id=shipment.pk, units={line.pk: 1}, by=BY)
    assert (parcels(order), told(order)[2]) == ([("open", 3, 1)], 2)


def test_finishing_twice_is_once() -> None:
    order, shipment = opened()
    picked(shipment)
    version = order.steps.count()
    assert fulfilment.finish_picking(shipment_id=shipment.pk, by=BY).status == "picked"
    assert order.steps.count() == version


@pytest.mark.parametrize(
    ("units", "code"),
    [
        ({0: 4}, "bad_units"),
        ({0: -1}, "bad_units"),
        ({0: True}, "bad_units"),
        ({1: 1}, "no_such_line"),
        ({}, "no_such_line"),
    ],
)
def test_wrong_units_are_refused(units: dict[int, int], code: str) -> None:
    order, shipment = opened()
    keys = [only_line(shipment).pk, uuid4()]
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        fulfilment.pick_units(shipment_id=shipment.pk, units={keys[key]: n for key, n in units.items()}, by=BY)
    assert refused.value.code == code
    assert parcels(order) == [("open", 3, 0)]


@pytest.mark.parametrize(("quantity", "verb"), [(1, "is"), (3, "are")])
def test_a_refusal_tells_one_from_many(quantity: int, verb: str) -> None:
    item = stocked(5)
    _order, shipment = opened(quantity, [item])
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        fulfilment.pick_units(shipment_id=shipment.pk, units={only_line(shipment).pk: 4}, by=BY)
    assert str(refused.value) == f"At most {quantity} of {item.sku} {verb} in this parcel."


def test_a_parcel_that_is_not_all_picked_is_not_finished() -> None:
    order, shipment = opened()
    fulfilment.pick_units(shipment_id=shipment.pk, units={only_line(shipment).pk: 2}, by=BY)
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        fulfilment.finish_picking(shipment_id=shipment.pk, by=BY)
    assert (refused.value.code, str(refused.value)) == (
        "not_all_picked", f"1 unit of parcel {shipment.number} is not picked yet.",
    )  # fmt: skip
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        fulfilment.pick_units(shipment_id=uuid4(), units={uuid4(): 1}, by=BY)
    assert refused.value.code == "no_such_shipment"
    assert told(order)[0] == "processing"


def test_nothing_is_picked_of_an_order_that_is_over_or_not_paid_for() -> None:
    order, shipment = opened()
    Order.objects.filter(pk=order.pk).update(captured_minor=100, secured_minor=0)
    with pytest.raises(orders.TransitionRefused):
        fulfilment.pick_units(shipment_id=shipment.pk, units={only_line(shipment).pk: 1}, by=BY)
    paid = {"captured_minor": order.captured_minor, "secured_minor": order.secured_minor}
    Order.objects.filter(pk=order.pk).update(**paid, status="processing")
    fulfilment.pick_units(shipment_id=shipment.pk, units={only_line(shipment).pk: 1}, by=BY)
    orders.cancel(order_id=order.pk, by="guest")  # and its parcels are not stopped yet
    for command in (picked, lambda parcel: fulfilment.finish_picking(shipment_id=parcel.pk, by=BY)):
        with pytest.raises(orders.TransitionRefused):
            command(shipment)
    fulfilment.cancel_shipments(order_id=order.pk, by="system")
    with pytest.raises(fulfilment.ShipmentRefused):
        picked(shipment)
    assert told(order) == ("cancelled", "unfulfilled", 0)


def preordered(units: int, quantity: int) -> StockItem:
    item = stocked(units)
    stock.set_limits(
        stock_item_id=item.pk, by=BY, low_stock_threshold=0, backorder_limit=quantity - units, is_preorder=True,
        expected_on=None, orders_until=None,
    )  # fmt: skip
    return item


def test_units_sold_before_they_are_there_wait_in_their_parcel() -> None:
    item = preordered(1, 3)
    order, shipment = opened(3, [item])
    line = only_line(shipment)
    assert selectors.not_there([shipment.pk]) == {line.pk: 2}
    fulfilment.pick_units(shipment_id=shipment.pk, units={line.pk: 1}, by=BY)
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        fulfilment.pick_units(shipment_id=shipment.pk, units={line.pk: 2}, by=BY)
    assert (refused.value.code, str(refused.value)) == (
        "not_on_hand", f"Only 1 of {item.sku} is there for this parcel. It was sold before it came in.",
    )  # fmt: skip
    with pytest.raises(fulfilment.ShipmentRefused):
        fulfilment.pick(order_id=order.pk, by=BY)
    assert parcels(order) == [("open", 3, 1)]
    stock.receive(variant_id=item.variant_id, sku=item.sku, quantity=2, reason="delivery", by=BY)
    assert selectors.not_there([shipment.pk]) == {}
    assert fulfilment.pick(order_id=order.pk, by=BY).status == "ready_to_ship"


def test_what_one_order_has_picked_is_not_there_for_another() -> None:
    item = preordered(2, 4)
    (_order, first), (_other, second) = opened(2, [item]), opened(2, [item])
    fulfilment.pick_units(shipment_id=second.pk, units={only_line(second).pk: 2}, by=BY)  # whoever comes first
    assert selectors.not_there([first.pk, second.pk]) == {only_line(first).pk: 2}


def test_looking_for_what_is_missing_takes_the_same_queries_for_any_number(counting: Counting) -> None:
    item = preordered(1, 8)
    found = [opened(2, [item])[1] for _ in range(4)]
    for some in (found[:1], found):
        with counting() as queries:
            assert len(selectors.not_there([one.pk for one in some])) == len(some)
        assert queries() == 3


def test_splitting_moves_what_nobody_has_picked_first() -> None:
    order, shipment = opened(4)
    line = only_line(shipment)
    fulfilment.pick_units(shipment_id=shipment.pk, units={line.pk: 2}, by=BY)
    new = fulfilment.split(shipment_id=shipment.pk, units={line.pk: 3}, by=BY)
    assert parcels(order) == [("open", 1, 1), ("open", 3, 1)]
    assert (new.number, new.location_id) == (f"{order.number}-2", shipment.location_id)
    assert told(order)[2] == 2
    for parcel in (shipment, new):
        picked(parcel)
    assert told(order) == ("ready_to_ship", "picked", 0)
    third = fulfilment.split(shipment_id=new.pk, units={only_line(new).pk: 1}, by=BY)  # packed ones as well
    assert third.status == "picked"
    assert parcels(order) == [("picked", 1, 1), ("picked", 2, 2), ("picked", 1, 1)]
    assert told(order) == ("ready_to_ship", "picked", 0)


def test_a_split_leaves_something_and_is_asked_for_once() -> None:
    order, shipment = opened(3)
    line = only_line(shipment)
    seen = shipment.version
    fulfilment.split(shipment_id=shipment.pk, units={line.pk: 1}, by=BY, seen=seen)
    for units, code, look in ((2, "nothing_left", None), (1, "changed_meanwhile", seen), (0, "bad_units", None)):
        with pytest.raises(fulfilment.ShipmentRefused) as refused:
            fulfilment.split(shipment_id=shipment.pk, units={line.pk: units}, by=BY, seen=look)
        assert refused.value.code == code
    sent(picked(shipment))
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        fulfilment.split(shipment_id=shipment.pk, units={line.pk: 1}, by=BY)
    assert refused.value.code == "already_shipped"
    assert parcels(order) == [("shipped", 2, 2), ("open", 1, 0)]


def test_another_location_packs_a_parcel_if_it_has_everything() -> None:
    item = stocked(5)
    order, shipment = opened(3, [item])
    few, many = (stocked(n, variant_id=item.variant_id, location=LocationFactory().code) for n in (2, 3))
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        fulfilment.reassign(shipment_id=shipment.pk, location_id=few.location_id, by=BY)
    assert refused.value.code == "nowhere_else"
    with pytest.raises(fulfilment.ShipmentRefused):
        fulfilment.reassign(shipment_id=shipment.pk, location_id=uuid4(), by=BY)
    for _ in range(2):
        fulfilment.reassign(shipment_id=shipment.pk, location_id=many.location_id, by=BY)
    assert [one.location_id for one in selectors.shipments_of(order.pk)] == [many.location_id]
    assert (counters(item), counters(many)) == ((5, 0, 0, 0), (3, 0, 3, 0))
    assert fulfilment.open_shipments(order_id=order.pk, by=BY) == [shipment]
    assert (counters(item), counters(many)) == ((5, 0, 0, 0), (3, 0, 3, 0))
    fulfilment.pick_units(shipment_id=shipment.pk, units={only_line(shipment).pk: 1}, by=BY)
    with pytest.raises(fulfilment.ShipmentRefused):
        fulfilment.reassign(shipment_id=shipment.pk, location_id=item.location_id, by=BY)
    assert_adds_up()


def test_a_moment_is_kept_for_every_step() -> None:
    _order, shipment = opened()
    sent(picked(shipment))
    fulfilment.deliver_one(shipment_id=shipment.pk, by=BY, at=datetime(2020, 1, 1, tzinfo=UTC))
    found = Shipment.objects.get(pk=shipment.pk)
    assert found.created_at <= found.picked_at <= found.shipped_at == found.delivered_at  # a clock that is years slow
