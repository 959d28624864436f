"""Races for one parcel, with real connections. Each control takes the locks away and sees what they prevent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.db.models import CharField, Sum
from django.db.models.functions import Cast, Right

from checkout.changes import services as changes
from checkout.fulfilment import contents, labelling, leaving, opening, packing, selectors
from checkout.fulfilment import services as fulfilment
from checkout.fulfilment.invariants import parcels_hold_the_order
from checkout.fulfilment.models import ForgottenLabel, Shipment, ShipmentLine
from checkout.orders import services as orders
from checkout.orders.models import Order, OrderStep
from checkout.payments.models import Refund
from checkout.warehouse import dispatching
from inventory.reservations import services as reservations
from inventory.stock import allotting
from inventory.stock import services as stock
from inventory.stock.models import Allocation, StockItem, StockMovement
from shop.core import db
from shop.events.models import OutboxEvent
from tests import outbox
from tests.concurrency.race import together, without_constraint
from tests.concurrency.test_orders import unlocked
from tests.factories import cart as carts
from tests.factories import checkout as make
from tests.factories.checkout import ADDRESS
from tests.factories.inventory import stocked
from tests.factories.parcels import BY, only_line, parcels, picked, sent, split_order, told, two_places
from tests.invariants import violations as everything
from tests.inventory.checks import assert_adds_up, counters
from tests.inventory.stock.test_allotting import TTL, sold

pytestmark = pytest.mark.django_db(transaction=True)
Job = Callable[[], Any]


def names(outcomes: list[Any]) -> list[str]:
    return sorted(type(outcome).__name__ for outcome in outcomes)


def dispatched(order: Order) -> int:
    return OutboxEvent.objects.filter(event_type="ShipmentDispatched", aggregate_id=str(order.pk)).count()


def units(order: Order) -> int:
    rows = ShipmentLine.objects.filter(order_id=order.pk).exclude(shipment__status="cancelled")
    return int(rows.aggregate(sum=Sum("quantity"))["sum"])


def two_parcels() -> tuple[Order, Shipment, Shipment]:
    """An order whose first parcel is picked, its events heard."""
    order, first, second = split_order(1, 2)
    outbox.drain(mails=False)
    picked(first)
    return order, first, second


def test_F23_cancel_and_ship_one_of_two_parcels_one_wins(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        order, first, _second = two_parcels()
        outcomes = together([partial(orders.cancel, order_id=order.pk, by="guest"), partial(sent, first)])
        outbox.drain(mails=False)
        status, state, _to_pick = told(order)
        if status == "processing":
            assert (names(outcomes), state) == (["Shipment", "TransitionRefused"], "partly_shipped")
            assert [one[0] for one in parcels(order)] == ["shipped", "open"]
        else:
            assert names(outcomes) == ["Order", "TransitionRefused"]
            assert (dispatched(order), parcels(order)) == (0, [])
    assert everything() == []


@contextmanager
def meeting(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, *, writes: bool = False) -> Iterator[None]:
    """No locks of orders and shipments, and both have read before either writes."""
    with (
        without_constraint("checkout_orderstep", "order_step_position", using=db.DEFAULT),
        unlocked(monkeypatch, module, name, writes=writes),
    ):
        yield


def test_F23_control_without_locks_a_parcel_of_a_cancelled_order_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    order, first, _second = two_parcels()
    with meeting(monkeypatch, orders, "facts"):
        outcomes = together([partial(orders.cancel, order_id=order.pk, by="guest"), partial(sent, first)])
    assert names(outcomes) == ["Order", "Shipment"]
    assert (Order.objects.get(pk=order.pk).status, dispatched(order)) == ("cancelled", 1)
    OrderStep.objects.filter(order=order).delete()


def test_F16_one_parcel_dispatched_by_four_leaves_once(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        order, first, _second = two_parcels()
        outcomes = together([partial(sent, first)] * 4)
        assert names(outcomes) == ["Shipment"] * 4
        assert dispatched(order) == 1
        outbox.drain(mails=False)
        assert StockMovement.objects.filter(document=f"shipment:{first.pk}").count() == 1
    assert outbox.failures() == []
    assert everything() == []


def test_F16_control_without_locks_one_parcel_leaves_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    order, first, _second = two_parcels()
    with meeting(monkeypatch, contents, "demand"):
        together([partial(sent, first)] * 2)
    assert dispatched(order) == 2


def short(shipment: Shipment) -> Job:
    line = only_line(shipment)
    return partial(fulfilment.short, shipment_id=shipment.pk, units={line.pk: 1}, then="wait", by=BY)


def pick_all(shipment: Shipment) -> Job:
    line = only_line(shipment)

    def job() -> Shipment:
        fulfilment.pick_units(shipment_id=shipment.pk, units={line.pk: line.quantity}, by=BY)
        fulfilment.finish_picking(shipment_id=shipment.pk, by=BY)
        return sent(shipment)

    return job


def test_F23_found_missing_and_sent_at_once_no_unit_is_in_two_parcels(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        order, _first, second = two_parcels()
        outcomes = together([short(second), pick_all(second)])
        assert names(outcomes) in (["Shipment", "ShipmentRefused"], ["ShipmentRefused", "ShipmentRefused"])
        assert units(order) == 3
        outbox.drain(mails=False)
        assert outbox.failures() == []
    assert everything() == []


def test_F23_control_without_locks_a_missing_unit_leaves_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    order, _first, second = two_parcels()
    split = partial(fulfilment.split, shipment_id=second.pk, units={only_line(second).pk: 1}, by=BY)
    numbered_once = without_constraint("checkout_shipment", "checkout_shipment_number_key", using=db.DEFAULT)
    with numbered_once, meeting(monkeypatch, contents, "lose", writes=True):  # both new parcels may get the same number
        assert names(together([split, short(second)])) == ["Shipment", "Shipment"]
        Shipment.objects.filter(order_id=order.pk).update(number=Right(Cast("id", CharField()), 30))
    assert units(order) == 4  # each has taken the same one of two


def missing_and_taken_off(order: Order, shipment: Shipment) -> tuple[Job, Job]:
    """The warehouse cannot find a unit, and somebody at the desk takes one off the order."""
    not_found = partial(
        fulfilment.short, shipment_id=shipment.pk, units={only_line(shipment).pk: 1}, then="refund", by=BY,
        seen=Shipment.objects.get(pk=shipment.pk).version,
    )  # fmt: skip
    unwanted = partial(changes.cancel_units, order_id=order.pk, units={order.lines.get().pk: 1}, reason="", by=BY)
    return not_found, unwanted


def left_and_refunds(order: Order) -> tuple[int, int]:
    return order.lines.get().quantity, Refund.objects.filter(order_id=order.pk).count()


def test_F21_a_unit_that_is_missing_and_taken_off_at_once_is_refunded_once(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        order, _first, second = split_order(1, 2)
        outbox.drain(mails=False)
        outcomes = together(list(missing_and_taken_off(order, second)))
        assert names(outcomes) in (["NoneType", "OrderChange"], ["OrderChange", "ShipmentRefused"])
        outbox.drain(mails=False)
        assert left_and_refunds(order) == (2, 1)
        assert (units(order), parcels_hold_the_order()) == (2, [])


def test_F21_control_who_does_not_look_into_the_parcels_refunds_two(monkeypatch: pytest.MonkeyPatch) -> None:
    order, _first, second = split_order(1, 2)
    outbox.drain(mails=False)
    monkeypatch.setattr(selectors, "packed", lambda _order_id: {})
    for job in missing_and_taken_off(order, second):
        job()
    outbox.drain(mails=False)
    assert left_and_refunds(order) == (1, 2)


def moved_by_the_dead() -> tuple[Order, list[Job]]:
    """Somebody died between two databases who packs an order at another location: a picker here who takes a unit of it
    from the shelf, and the worker who lets its parcel follow."""
    here, there = two_places(2, 5)
    order = make.paid([here], quantity=2)
    [parcel] = fulfilment.open_shipments(order_id=order.pk, by="system")
    move = stock.Move(here.variant_id, here.location_id, there.location_id, 2)
    stock.reallocate_many(reference=order.pk, moves=[move], by=BY)
    picks = partial(fulfilment.pick_units, shipment_id=parcel.pk, units={only_line(parcel).pk: 1}, by=BY)
    return order, [picks, partial(fulfilment.follow_stock, order_id=order.pk, by="system")]


def test_F23_units_that_are_moved_are_not_picked_at_the_same_moment(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        order, jobs = moved_by_the_dead()
        assert names(together(jobs)) == ["NoneType", "ShipmentRefused"]
        outbox.drain(mails=False)
        assert parcels(order) == [("open", 2, 0)]
    assert everything() == []


def test_F23_control_who_does_not_ask_the_stock_picks_what_is_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    order, [picks, follows] = moved_by_the_dead()
    monkeypatch.setattr(packing, "check_settled", lambda _order, _shipment: None)
    assert names(together([picks])) == ["Shipment"]
    follows()
    outbox.drain(mails=False)
    assert parcels(order) == [("open", 1, 1), ("open", 1, 0)]
    assert parcels_hold_the_order() != []


def with_a_label() -> tuple[Order, Shipment, str, Job, Job]:
    """An order whose first parcel is picked and labelled (the number), its way out of the house, and an edit of where
    the order goes."""
    carts.rates()
    order, first, _second = two_parcels()
    label = labelling.make(shipment_id=first.pk, by=BY)
    leaves = partial(dispatching.send, shipment_id=first.pk, by=BY)
    moved = {**ADDRESS, "address1": "99 Elsewhere Road"}
    edit = partial(changes.edit, order_id=order.pk, seen_revision=0, shipping_address=moved, reason="", by=BY)
    return order, first, label.tracking_number, leaves, edit


def left_by(shipment: Shipment) -> str:
    """The label with which a parcel has left; none if it has not."""
    now = Shipment.objects.get(pk=shipment.pk)
    return now.tracking_number if now.status == "shipped" else ""


def test_F23_sent_and_sent_elsewhere_at_once_no_parcel_leaves_by_the_old_label(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        order, first, old, leaves, edit = with_a_label()
        outcomes = [type(one).__name__ for one in together([leaves, edit])]
        is_forgotten = ForgottenLabel.objects.filter(shipment=first).exists()
        assert (outcomes[1], outcomes[0] in ("Shipment", "ShipmentRefused", "LabelRefused")) == ("OrderChange", True)
        assert (left_by(first), is_forgotten) == ((old, False) if outcomes[0] == "Shipment" else ("", True))
        assert dispatched(order) == (outcomes[0] == "Shipment")
        outbox.drain(mails=False)
        assert outbox.failures() == []
    assert everything() == []


def edited_with_the_label_in_hand(monkeypatch: pytest.MonkeyPatch) -> tuple[Shipment, str, list[Any]]:
    """Its label is asked for, and good; before the parcel is locked, somebody else sends the order elsewhere."""
    _order, first, old, leaves, edit = with_a_label()
    read, edits = leaving.tracking, list[Any]()

    def then_edit(*told_of: str) -> dict[str, str]:
        edits.extend(edits or together([edit]))
        return read(*told_of)

    monkeypatch.setattr(leaving, "tracking", then_edit)
    return first, old, together([leaves])


def test_F23_a_label_that_is_in_hand_when_the_order_goes_elsewhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    first, _old, [outcome] = edited_with_the_label_in_hand(monkeypatch)
    assert (type(outcome).__name__, outcome.code) == ("ShipmentRefused", "label_outdated")
    assert left_by(first) == ""
    outbox.drain(mails=False)
    assert everything() == []


def test_F23_control_who_forgets_what_was_forgotten_sends_it_to_the_old_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(selectors, "is_forgotten", lambda _order_id, _number: False)
    monkeypatch.setattr(labelling, "moved", lambda _order, _shipments: [])  # nor asks for which address it was made
    first, old, _outcomes = edited_with_the_label_in_hand(monkeypatch)
    assert left_by(first) == old


def test_split_and_pick_at_once_leave_every_unit_in_one_parcel(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        order, _first, second = two_parcels()
        line = only_line(second)
        together(
            [
                partial(fulfilment.split, shipment_id=second.pk, units={line.pk: 1}, by=BY),
                partial(fulfilment.pick_units, shipment_id=second.pk, units={line.pk: 1}, by=BY),
                partial(fulfilment.split, shipment_id=second.pk, units={line.pk: 1}, by=BY),
            ]
        )
        assert units(order) == 3
        assert told(order)[2] == 1
    assert everything() == []


def test_parcels_opened_by_many_at_once_hold_every_unit_once(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        order, *_two = split_order(1, 2)
        Shipment.objects.filter(order=order).delete()
        together([partial(fulfilment.open_shipments, order_id=order.pk, by="system")] * 4)
        assert parcels(order) == [("open", 1, 0), ("open", 2, 0)]
    assert everything() == []


def test_parcels_control_without_locks_units_are_packed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    order, *_two = split_order(1, 2)
    Shipment.objects.filter(order=order).delete()
    with (
        without_constraint("checkout_shipment", "checkout_shipment_number_key", using=db.DEFAULT),
        meeting(monkeypatch, opening, "_unplaced"),
    ):
        together([partial(fulfilment.open_shipments, order_id=order.pk, by="system")] * 2)
        assert units(order) == 6
        Shipment.objects.filter(order=order).delete()


def test_units_for_changes_of_one_order_are_sold_to_it_together(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        item, order = stocked(6), uuid4()
        changes = [uuid4() for _ in range(3)]
        for change in changes:
            reservations.reserve(quantities={item.variant_id: 2}, reference=change, ttl=TTL, by="guest")
        jobs = [partial(reservations.commit, reference=change, to=order, by="system") for change in changes * 2]
        assert together(jobs) == [True] * 6
        assert Allocation.objects.get(reference=order).quantity == 6
        assert counters(item) == (6, 0, 6, 0)
    assert_adds_up()


def moved_twice(here: StockItem, target: StockItem) -> list[Job]:
    """Two moves of the same two units to another location."""
    move = partial(
        stock.reallocate, reference=sold(here, 2), variant_id=here.variant_id, source=here.location_id,
        target=target.location_id, units=2, by=BY,
    )  # fmt: skip
    return [move, move]


def test_the_same_units_are_moved_once(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        here, there = two_places(2, 5)
        assert names(together(moved_twice(here, there))) == ["NoneType", "NotAllocated"]
        assert (counters(here), counters(there)) == ((2, 0, 0, 0), (5, 0, 2, 0))
    assert_adds_up()


def test_moves_control_without_locks_only_the_constraints_are_left(monkeypatch: pytest.MonkeyPatch) -> None:
    here, there = two_places(2, 5)
    jobs = moved_twice(here, there)
    with unlocked(monkeypatch, allotting, "_all"):
        assert names(together(jobs)) == ["IntegrityError", "NoneType"]
