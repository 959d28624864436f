"""Parcels follow units that a command moved or gave up before it died: with two databases, or as if there were two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from checkout.fulfilment import contents, receivers, shorting
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.invariants import parcels_hold_the_order
from checkout.fulfilment.models import Shipment
from checkout.orders.models import Order, OrderChange
from inventory.stock import services as stock
from inventory.stock.models import StockItem, StockMovement
from shop.core import db
from shop.events.models import OutboxEvent
from shop.notifications.models import Notification
from tests import outbox
from tests.checkout.invariants import violations
from tests.factories import checkout as make
from tests.factories.inventory import LocationFactory, stocked
from tests.factories.parcels import BY, only_line, parcels, picked, sent, told
from tests.fakes.sandbox import RunningSandbox
from tests.inventory.checks import assert_adds_up, counters
from tests.inventory.stock.test_allotting import kept

pytestmark = pytest.mark.django_db
IS_SPLIT = db.INVENTORY != db.DEFAULT


@pytest.fixture(autouse=True)
def _sandbox(shop_sandbox: RunningSandbox) -> None:
    """What is refunded goes back through it."""


class Died(BaseException):
    """The process is gone."""


def opened(quantity: int = 3) -> tuple[Any, Any, Order, Shipment]:
    """An order with one parcel of `quantity` units here, and as many units at another location."""
    here = stocked(5)
    there = stocked(5, variant_id=here.variant_id, location=LocationFactory(priority=900).code)
    order = make.placed([here], quantity=quantity)
    outbox.drain()
    return here, there, order, Shipment.objects.get(order=order)


def clean() -> bool:
    return (outbox.failures(), violations(), parcels_hold_the_order()) == ([], [], [])


def died(monkeypatch: pytest.MonkeyPatch, order: Order, command: Callable[[], None]) -> None:
    """Somebody runs the command and dies with everything written, and its transactions on the order's not committed."""

    def die(**_given: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(contents, "note_state", die)
        with pytest.raises(Died):
            command()
    assert parcels(order) == [("open", 3, 0)]


def asked_again(command: Callable[[], Any]) -> str:
    """The code of the refusal, if it is one."""
    try:
        command()
    except fulfilment.ShipmentRefused as refused:
        return refused.code
    return ""


def test_where_both_are_one_database_or_nobody_dies_nothing_is_left_to_do() -> None:
    _here, there, _order, shipment = opened()
    fulfilment.reassign(shipment_id=shipment.pk, location_id=there.location_id, by=BY)
    before = [(one.pk, one.version) for one in Shipment.objects.all()]
    assert OutboxEvent.objects.using(db.INVENTORY).filter(event_type="UnitsReallotted").count() == 1
    outbox.drain()
    assert [(one.pk, one.version) for one in Shipment.objects.all()] == before
    assert clean()


@pytest.mark.parametrize("units", [3, 2])
def test_units_that_were_moved_are_packed_where_they_are(units: int) -> None:
    """What a dead `reassign` leaves behind, and (of some units) an "elsewhere"."""
    here, there, order, _shipment = opened()
    move = stock.Move(here.variant_id, here.location_id, there.location_id, units)
    stock.reallocate_many(reference=order.pk, moves=[move], by=BY)
    outbox.drain()
    live = Shipment.objects.filter(order=order).exclude(status="cancelled").order_by("id")
    found = [(one.location_id, only_line(one).quantity) for one in live]
    assert found == [(here.location_id, 3 - units)] * (units < 3) + [(there.location_id, units)]
    for parcel in live:
        sent(picked(parcel))
    outbox.drain()
    assert told(order) == ("shipped", "shipped", 0)
    assert clean()
    assert_adds_up()


def test_units_that_were_given_up_leave_the_order() -> None:
    """What a dead short pick with a refund leaves behind, which nobody asks for again."""
    here, _there, order, shipment = opened()
    stock.note_missing(
        reference=order.pk, location_id=here.location_id, units={here.variant_id: 1}, kept={here.variant_id: 2},
        reason="Short pick", by=BY, document=f"shipment:{shipment.pk}#{shipment.version}",
    )  # fmt: skip
    outbox.drain()
    assert parcels(order) == [("open", 2, 0)]
    assert (order.lines.get().quantity, counters(here)) == (2, (4, 0, 2, 0))
    assert [change.kind for change in OrderChange.objects.filter(order=order)] == ["short"]
    receivers.follow_stock({"reference": str(order.pk)})
    assert parcels(order) == [("open", 2, 0)]
    assert clean()
    assert_adds_up()


def counted_away(order: Order, shipment: Shipment, item: StockItem) -> None:
    """What a dead short pick of units that are waited for leaves behind."""
    stock.note_missing(
        reference=order.pk, location_id=item.location_id, units={item.variant_id: 1}, kept=None, reason="Short pick",
        by=BY, document=f"shipment:{shipment.pk}#{shipment.version}", is_awaited=True,
    )  # fmt: skip


def waiting(order: Order) -> list[bool]:
    return list(Shipment.objects.filter(order=order).order_by("id").values_list("is_waiting", flat=True))


def test_units_that_were_counted_away_wait_as_was_meant() -> None:
    """What a dead short pick leaves behind that lets units wait, which nobody asks for again."""
    here, _there, order, shipment = opened()
    counted_away(order, shipment, here)
    outbox.drain()
    assert (parcels(order), waiting(order)) == ([("open", 2, 0), ("open", 1, 0)], [False, True])
    assert Notification.objects.filter(template="units_delayed").count() == 1
    told_of = OutboxEvent.objects.using(db.INVENTORY).get(event_type="UnitsMissed")
    receivers.finish_wait(told_of.data)
    outbox.drain()
    assert (parcels(order), counters(here)) == ([("open", 2, 0), ("open", 1, 0)], (4, 0, 3, 0))
    assert clean()
    assert_adds_up()


def test_who_counts_again_before_that_is_told_to_wait_and_no_unit_is_counted_twice() -> None:
    """Somebody went on with the parcel, so that the ledger has another name for what is missing of it."""
    here, _there, order, shipment = opened()
    counted_away(order, shipment, here)
    line = only_line(shipment)
    fulfilment.pick_units(shipment_id=shipment.pk, units={line.pk: 1}, by=BY)

    def short(then: str) -> str:
        return asked_again(lambda: fulfilment.short(shipment_id=shipment.pk, units={line.pk: 1}, then=then, by=BY))

    assert [short("wait"), short("refund")] == ["changed_meanwhile"] * 2
    outbox.drain()
    assert (parcels(order), waiting(order), counters(here)[0]) == ([("open", 2, 1), ("open", 1, 0)], [False, True], 4)
    assert short("wait") == ""  # another one
    outbox.drain()
    assert (parcels(order), counters(here)[0]) == ([("open", 1, 1), ("open", 1, 0), ("open", 1, 0)], 3)
    assert clean()


def test_nothing_waits_that_was_found_or_is_packed_elsewhere_by_then() -> None:
    here, there, order, shipment = opened()
    counted_away(order, shipment, here)
    picked(shipment)
    outbox.drain()
    assert (parcels(order), waiting(order)) == ([("picked", 3, 3)], [False])
    here, there, order, shipment = opened()
    counted_away(order, shipment, here)
    fulfilment.reassign(shipment_id=shipment.pk, location_id=there.location_id, by=BY)
    outbox.drain()
    assert (parcels(order), waiting(order)) == ([("open", 3, 0)], [False])
    assert clean()


def test_units_of_nobodys_parcel_are_no_business_of_ours() -> None:
    here, _there, order, _shipment = opened()
    for document in ("recount:7", f"shipment:{db.uuid7()}#0"):
        fulfilment.finish_wait(
            document=document, location_id=here.location_id, units={here.variant_id: 1}, by=BY
        )  # fmt: skip
    assert waiting(order) == [False]


@pytest.mark.parametrize("is_repeated", [True, False])
@pytest.mark.parametrize("then", ["refund", "wait", "elsewhere"])
def test_who_dies_in_a_short_pick_is_finished_or_asks_again(
    monkeypatch: pytest.MonkeyPatch, then: str, is_repeated: bool
) -> None:
    here, there, order, shipment = opened()
    units = {only_line(shipment).pk: 1}

    def short() -> None:
        shorting.short(shipment_id=shipment.pk, units=units, then=then, by=BY, seen=shipment.version)

    died(monkeypatch, order, short)
    assert counters(here)[0] == (4 if IS_SPLIT else 5)
    if is_repeated:
        assert asked_again(short) == ("changed_meanwhile" if IS_SPLIT and then != "wait" else "")
    outbox.drain()
    if is_repeated or IS_SPLIT:
        units_left = {"refund": [2], "wait": [2, 1], "elsewhere": [2, 1]}[then]
        assert parcels(order) == [("open", number, 0) for number in units_left]
        assert StockMovement.objects.filter(document__startswith="shipment:").count() == 1
        assert counters(here)[0] == 4
    else:  # nothing has happened
        assert (parcels(order), counters(here)[0]) == ([("open", 3, 0)], 5)
    assert sum(units for units, _shipped in kept(order.pk).values()) == order.lines.get().quantity
    assert kept(order.pk).get((there.variant_id, there.location_id), (0, 0))[0] == (
        1 if then == "elsewhere" and (is_repeated or IS_SPLIT) else 0
    )
    assert clean()
    assert_adds_up()


@pytest.mark.parametrize("is_repeated", [True, False])
def test_who_dies_while_a_parcel_gets_another_location_is_finished(
    monkeypatch: pytest.MonkeyPatch, is_repeated: bool
) -> None:
    _here, there, order, shipment = opened()

    def reassign() -> None:
        fulfilment.reassign(shipment_id=shipment.pk, location_id=there.location_id, by=BY)

    def die(*_given: Any, **_details: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(contents, "note", die)
        with pytest.raises(Died):
            reassign()
    if is_repeated:
        assert asked_again(reassign) == ("changed_meanwhile" if IS_SPLIT else "")
    outbox.drain()
    place = there.location_id if is_repeated or IS_SPLIT else shipment.location_id
    assert [one.location_id for one in Shipment.objects.exclude(status="cancelled")] == [place]
    assert parcels(order) == [("open", 3, 0)]
    assert clean()
    assert_adds_up()


def test_who_dies_while_parcels_are_opened_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    """Units are sold and surplus given back, the parcels are not written: the event comes again."""
    here = stocked(5)
    order = make.paid([here], quantity=3)

    def die(**_given: Any) -> None:
        raise Died

    with monkeypatch.context() as patch:
        patch.setattr(contents, "note_state", die)
        with pytest.raises(Died):
            fulfilment.open_shipments(order_id=order.pk, by="system")
    assert parcels(order) == []
    assert counters(here) == (5, 0, 3, 0)
    outbox.drain()
    assert (parcels(order), parcels_hold_the_order()) == ([("open", 3, 0)], [])


def test_nobody_picks_what_is_elsewhere_until_the_parcel_is_there_too() -> None:
    """Somebody died who packs it at another location, and the pickers here see it still."""
    here, there, order, shipment = opened()
    move = stock.Move(here.variant_id, here.location_id, there.location_id, 3)
    stock.reallocate_many(reference=order.pk, moves=[move], by=BY)
    fulfilment.start(order_id=order.pk, by=BY)
    commands: tuple[Callable[[], Any], ...] = (
        lambda: picked(shipment), lambda: fulfilment.pick(order_id=order.pk, by=BY)
    )  # fmt: skip
    assert [asked_again(command) for command in commands] == ["changed_meanwhile"] * 2
    outbox.drain()
    [parcel] = Shipment.objects.filter(order=order).exclude(status="cancelled")
    assert (parcel.location_id, picked(parcel).status) == (there.location_id, "picked")
    assert clean()


def test_picked_units_stay_where_they_are() -> None:
    """They are in the box: a person has to look, and the nightly check says so."""
    here, there, order, shipment = opened()
    picked(shipment)
    move = stock.Move(here.variant_id, here.location_id, there.location_id, 1)
    stock.reallocate_many(reference=order.pk, moves=[move], by=BY)
    outbox.drain()
    assert parcels(order) == [("picked", 3, 3)]
    assert [text.split(":")[0] for text in parcels_hold_the_order()] == [f"I2 {order.number}"] * 2


def test_nothing_follows_for_orders_that_are_over_or_not_here() -> None:
    _here, _there, order, _shipment = opened()
    Order.objects.filter(pk=order.pk).update(status="cancelled")
    for reference in (order.pk, db.uuid7()):
        receivers.follow_stock({"reference": str(reference)})
    assert parcels(order) == [("open", 3, 0)]
