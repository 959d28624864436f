"""Units that are not on the shelf: refunded, waited for, or packed elsewhere."""

from __future__ import annotations

import pytest

from checkout.changes import receivers
from checkout.changes import services as changes
from checkout.fulfilment import selectors
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders.models import Order, OrderChange
from inventory.stock import services as stock
from inventory.stock.models import StockItem, StockMovement
from shop.events.models import OutboxEvent
from shop.notifications.models import Notification
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.factories.inventory import LocationFactory, stocked
from tests.factories.parcels import BY, only_line, parcels, picked, sent, split_order, told
from tests.fakes.sandbox import RunningSandbox
from tests.inventory.checks import assert_adds_up, counters

pytestmark = pytest.mark.django_db


def opened(quantity: int = 3) -> tuple[StockItem, Order, Shipment]:
    item = stocked(5)
    order = make.paid([item], quantity=quantity)
    outbox.drain()
    return item, order, Shipment.objects.get(order=order)


def short(shipment: Shipment, units: int, then: str, **more: object) -> Shipment | None:
    line = only_line(shipment)
    return fulfilment.short(shipment_id=shipment.pk, units={line.pk: units}, then=then, by=BY, **more)  # type: ignore[arg-type]


def test_missing_units_are_refunded_and_the_order_goes_on(shop_sandbox: RunningSandbox) -> None:
    item = stocked(5)
    order = make.placed([item], quantity=3)
    outbox.drain()
    shipment = Shipment.objects.get(order=order)
    fulfilment.pick_units(shipment_id=shipment.pk, units={only_line(shipment).pk: 2}, by=BY)
    assert short(shipment, 1, "refund") is None
    fulfilment.finish_picking(shipment_id=shipment.pk, by=BY)
    assert told(order) == ("processing", "unfulfilled", 1)  # until the order is changed
    assert counters(item) == (4, 0, 2, 0)
    outbox.drain()
    assert outbox.failures() == []
    assert told(order) == ("ready_to_ship", "picked", 0)
    assert order.balance_minor == 0
    assert order.refunded_minor > 0
    row = StockMovement.objects.get(document__startswith=f"shipment:{shipment.pk}#")
    assert (row.quantity, row.reason, row.actor) == (-1, "Short pick", BY)
    assert violations() == []
    assert_adds_up()


def test_when_all_of_an_order_is_missing_it_is_cancelled(shop_sandbox: RunningSandbox) -> None:
    order = make.placed([stocked(5)], quantity=2)
    outbox.drain()
    short(Shipment.objects.get(order=order), 2, "refund")
    outbox.drain()
    assert outbox.failures() == []
    assert told(order)[0] == "refunded"
    assert order.captured_minor == order.refunded_minor
    assert violations() == []
    assert_adds_up()


def test_missing_units_wait_in_a_parcel_of_their_own_and_the_shopper_is_told() -> None:
    item, order, shipment = opened()
    new = short(shipment, 1, "wait")
    assert new is not None
    assert (new.is_waiting, new.location_id) == (True, shipment.location_id)
    assert parcels(order) == [("open", 2, 0), ("open", 1, 0)]
    assert counters(item) == (4, 0, 3, 0)
    outbox.drain()
    [mail] = Notification.objects.filter(template="units_delayed")
    assert [(line["quantity"], line["name"]) for line in mail.context["lines"]] == [(1, f"Thing {item.sku}")]
    stock.recount(stock_item_id=item.pk, on_hand=2, reason="counted", by=BY)
    sent(picked(shipment))
    outbox.drain()
    assert told(order) == ("processing", "partly_shipped", 1)
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        picked(new)
    assert refused.value.code == "not_on_hand"
    stock.receive(variant_id=item.variant_id, sku=item.sku, quantity=1, reason="delivery", by=BY)
    assert Shipment.objects.get(pk=sent(picked(new)).pk).is_waiting is False
    outbox.drain()
    assert outbox.failures() == []
    assert told(order) == ("shipped", "shipped", 0)
    assert counters(item) == (0, 0, 0, 0)
    assert violations(ask_provider=False) == []
    assert_adds_up()


def test_a_parcel_of_which_everything_is_missing_waits_itself() -> None:
    _item, order, shipment = opened()
    assert short(shipment, 3, "wait") == shipment
    assert parcels(order) == [("open", 3, 0)]
    assert Shipment.objects.get(pk=shipment.pk).is_waiting is True


def test_missing_units_are_packed_elsewhere() -> None:
    item, order, shipment = opened()
    there = stocked(2, variant_id=item.variant_id, location=LocationFactory().code)
    new = short(shipment, 2, "elsewhere")
    assert new is not None
    assert new.location_id == there.location_id
    assert parcels(order) == [("open", 1, 0), ("open", 2, 0)]
    assert (counters(item), counters(there)) == ((3, 0, 1, 0), (2, 0, 2, 0))
    assert OutboxEvent.objects.filter(event_type__in=["UnitsShort", "UnitsDelayed"]).count() == 0
    for one in (shipment, new):
        sent(picked(one))
    outbox.drain()
    assert (counters(item), counters(there)) == ((2, 0, 0, 0), (0, 0, 0, 0))
    assert violations(ask_provider=False) == []
    assert_adds_up()


def test_everything_packed_elsewhere_leaves_no_parcel_behind() -> None:
    item, order, shipment = opened()
    stocked(4, variant_id=item.variant_id, location=LocationFactory().code)
    short(shipment, 3, "elsewhere")
    assert parcels(order) == [("open", 3, 0)]
    assert Shipment.objects.get(pk=shipment.pk).status == "cancelled"


def test_nowhere_else_is_a_refusal_and_nothing_is_counted_down() -> None:
    item, order, shipment = opened()
    stocked(1, variant_id=item.variant_id, location=LocationFactory().code)
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        short(shipment, 2, "elsewhere")
    assert refused.value.code == "nowhere_else"
    assert (parcels(order), counters(item)) == ([("open", 3, 0)], (5, 0, 3, 0))


def test_a_refusal_tells_one_from_many() -> None:
    item, _order, shipment = opened()
    fulfilment.pick_units(shipment_id=shipment.pk, units={only_line(shipment).pk: 2}, by=BY)
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        short(shipment, 2, "refund")
    assert str(refused.value) == f"Only 1 of {item.sku} is still to be picked."


def test_only_what_is_not_picked_can_be_missing_and_the_same_page_says_so_once() -> None:
    item, order, shipment = opened()
    line = only_line(shipment)
    fulfilment.pick_units(shipment_id=shipment.pk, units={line.pk: 1}, by=BY)
    seen = selectors.shipment(shipment.pk).version
    for units in (0, 3):
        with pytest.raises(fulfilment.ShipmentRefused) as refused:
            short(shipment, units, "refund")
        assert (refused.value.code, str(refused.value)) == (
            "bad_units", f"Only 2 of {item.sku} are still to be picked.",
        )  # fmt: skip
    short(shipment, 1, "wait", seen=seen)
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        short(shipment, 1, "wait", seen=seen)
    assert refused.value.code == "changed_meanwhile"
    assert (parcels(order), counters(item)[0]) == ([("open", 2, 1), ("open", 1, 0)], 4)


def test_nothing_is_missing_of_a_parcel_that_is_packed() -> None:
    order, first, _second = split_order(1, 2)
    picked(first)
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        short(first, 1, "refund")
    assert refused.value.code == "not_open"
    assert told(order)[2] == 2


@pytest.mark.parametrize("is_late", [False, True])
def test_units_that_an_edit_takes_off_meanwhile_are_refunded_once(shop_sandbox: RunningSandbox, is_late: bool) -> None:
    """One of three cannot be found; before its order hears of it, somebody takes one off: two are left, not one."""
    item = stocked(5)
    order = make.placed([item], quantity=3)
    outbox.drain()
    shipment = Shipment.objects.get(order=order)
    short(shipment, 1, "refund")
    if is_late:
        outbox.drain()
    changes.cancel_units(order_id=order.pk, units={order.lines.get().pk: 1}, reason="", by=BY)
    outbox.drain()
    assert outbox.failures() == []
    left = 1 if is_late else 2  # somebody who has seen the two that are left means one of these
    assert (order.lines.get().quantity, parcels(order)) == (left, [("open", left, 0)])
    assert list(OrderChange.objects.values_list("kind", flat=True)) == (["short"] if is_late else []) + ["cancel"]
    told(order)
    assert (order.balance_minor, sandbox_refunds(shop_sandbox)) == (0, order.refunded_minor)
    assert violations() == []
    assert_adds_up()


def test_units_that_could_not_be_found_of_a_line_that_is_cancelled_meanwhile(shop_sandbox: RunningSandbox) -> None:
    """All of one line is taken off before the order hears that a unit of it and one of another line are missing."""
    first, other = stocked(5), stocked(5)
    order = make.placed([first, other], quantity=3)
    outbox.drain()
    shipment = Shipment.objects.get(order=order)
    missing = {line.pk: 1 for line in ShipmentLine.objects.filter(shipment=shipment)}
    fulfilment.short(shipment_id=shipment.pk, units=missing, then="refund", by=BY)
    gone = order.lines.get(position=1)
    changes.cancel_units(order_id=order.pk, units={gone.pk: 3}, reason="", by=BY)
    outbox.drain()
    assert outbox.failures() == []
    assert [line.quantity for line in order.lines.order_by("position")] == [0, 2]
    assert (parcels(order), list(OrderChange.objects.values_list("kind", flat=True))) == (
        [("open", 2, 0)],
        ["cancel", "short"],
    )
    order.refresh_from_db()
    assert sandbox_refunds(shop_sandbox) == order.refunded_minor > 0
    assert violations() == []
    assert_adds_up()


def test_what_is_missing_is_refunded_once_however_often_it_is_told(shop_sandbox: RunningSandbox) -> None:
    item = stocked(5)
    order = make.placed([item], quantity=3)
    outbox.drain()
    shipment = Shipment.objects.get(order=order)
    seen = shipment.version
    short(shipment, 1, "refund", seen=seen)
    with pytest.raises(fulfilment.ShipmentRefused) as refused:
        short(shipment, 1, "refund", seen=seen)
    assert refused.value.code == "changed_meanwhile"
    fulfilment.open_shipments(order_id=order.pk, by="system")  # nothing is there that it could be packed from
    assert parcels(order) == [("open", 2, 0)]
    event = OutboxEvent.objects.get(event_type="UnitsShort")
    outbox.drain()
    paid_back = sandbox_refunds(shop_sandbox)
    for _again in range(2):
        receivers.cancel_short(event.data)
        outbox.drain()
    assert (order.lines.get().quantity, sandbox_refunds(shop_sandbox)) == (2, paid_back)
    assert OrderChange.objects.filter(order=order).count() == 1
    assert counters(item) == (4, 0, 2, 0)
    assert violations() == []


def test_told_again_after_the_order_was_cancelled_it_does_nothing(shop_sandbox: RunningSandbox) -> None:
    order = make.placed([stocked(5)], quantity=2)
    outbox.drain()
    short(Shipment.objects.get(order=order), 2, "refund")
    event = OutboxEvent.objects.get(event_type="UnitsShort")
    outbox.drain()
    receivers.cancel_short(event.data)
    outbox.drain()
    assert sandbox_refunds(shop_sandbox) == order.total_minor
    assert OrderChange.objects.count() == 0


def test_two_losses_of_one_line_are_two(shop_sandbox: RunningSandbox) -> None:
    """Told of before the order heard of either, in whatever order it hears of them."""
    item = stocked(5)
    order = make.placed([item], quantity=3)
    outbox.drain()
    shipment = Shipment.objects.get(order=order)
    for _one in range(2):
        short(shipment, 1, "refund")
    for event in OutboxEvent.objects.filter(event_type="UnitsShort").order_by("-id"):
        receivers.cancel_short(event.data)
    outbox.drain()
    assert (order.lines.get().quantity, parcels(order), counters(item)) == (1, [("open", 1, 0)], (3, 0, 1, 0))
    assert OrderChange.objects.filter(order=order, kind="short").count() == 2
    assert violations() == []


def sandbox_refunds(sandbox: RunningSandbox) -> int:
    """What the payment provider has sent back."""
    return sum(one["amount"] for one in sandbox.state()["refund"] if one["status"] == "succeeded")
