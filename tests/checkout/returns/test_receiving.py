"""Units that arrive, in parts and as what they are."""

from __future__ import annotations

import pytest

from checkout.returns import invariants, selectors
from checkout.returns import services as returns
from checkout.returns.models import Return, ReturnUnit
from checkout.returns.services import ReturnRefused, Verdict
from inventory.stock.models import StockItem, StockMovement
from shop.core.links import Link, links
from shop.notifications.models import Notification
from tests import outbox
from tests.factories import returns as make
from tests.factories.inventory import LocationFactory, stocked

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rule() -> None:
    make.rule()


@pytest.fixture
def item() -> StockItem:
    return stocked(5)


@pytest.fixture
def found(item: StockItem) -> Return:
    order = make.arrived([item], quantity=5)
    return make.asked(order, make.wanted(make.lines(order)[0], 5))


def line_of(found: Return) -> object:
    return selectors.lines_of(found.pk)[0].pk


def receive(found: Return, units: int, **more: object) -> Return:
    return returns.receive(return_id=found.pk, units={line_of(found): units}, by="staff:1", **more)  # type: ignore


def inspect(found: Return, outcome: str, units: int, *, is_accepted: bool = True) -> Return:
    verdict = Verdict(line_of(found), outcome, units, is_accepted)  # type: ignore[arg-type]
    return returns.inspect(return_id=found.pk, verdicts=[verdict], by="staff:1")


def states(found: Return) -> list[tuple[str, str, str]]:
    return [(unit.reception, unit.fate, unit.acceptance) for unit in selectors.units_of(found.pk)]


def test_in_several_parcels(found: Return) -> None:
    assert receive(found, 2).status == "partly_received"
    assert receive(found, 3).status == "received"
    with pytest.raises(ReturnRefused, match="Only 0 units"):
        receive(found, 1)
    outbox.drain(mails=False)
    assert Notification.objects.filter(template="return_received").count() == 1


def test_a_stock_movement_leads_to_its_return(found: Return) -> None:
    known, unknown = f"return:{found.pk}:1", "return:nothing:1"
    assert links([known, unknown]) == {known: Link(found.number, f"/admin/checkout/return/{found.pk}/change/")}


@pytest.mark.parametrize("units", [6, -1])
def test_more_than_is_expected(found: Return, units: int) -> None:
    with pytest.raises(ReturnRefused, match="Only 5 units"):
        receive(found, units)


def test_nothing_and_nowhere(found: Return) -> None:
    with pytest.raises(ReturnRefused, match="how many"):
        receive(found, 0)
    with pytest.raises(ReturnRefused, match="no location “moon”"):
        receive(found, 1, location="moon")


def test_scanned_one_by_one(found: Return, item: StockItem) -> None:
    for _scan in range(5):
        returns.receive_code(return_id=found.pk, code=f" {item.sku.lower()} ", by="staff:1")
    assert selectors.one(found.pk).status == "received"
    with pytest.raises(ReturnRefused, match="Only 0 units"):
        returns.receive_code(return_id=found.pk, code=item.sku, by="staff:1")
    with pytest.raises(ReturnRefused, match="“NOPE” is not in this return"):
        returns.receive_code(return_id=found.pk, code="NOPE", by="staff:1")


def test_what_is_good_goes_on_the_shelf_where_it_came_in(found: Return, item: StockItem) -> None:
    place = LocationFactory(code="returns")
    receive(found, 5, location="returns")
    inspect(found, "restock", 3)
    inspect(found, "damaged", 2, is_accepted=False)
    for _again in range(2):
        outbox.drain(mails=False)
        returns.restock(return_id=found.pk, by="system")
    there = StockItem.objects.get(variant_id=item.variant_id, location=place)
    assert (there.on_hand, StockItem.objects.get(pk=item.pk).on_hand) == (3, 0)
    assert set(StockMovement.objects.filter(kind="return").values_list("document", "quantity")) == {
        (f"return:{found.pk}:{n}", 1) for n in (1, 2, 3)
    }
    assert states(found) == [("received", "restock", "accepted")] * 3 + [("received", "damaged", "rejected")] * 2
    assert invariants.good_units_are_stock() == []
    assert [step.trigger for step in selectors.steps_of(found.pk)] == [
        "request", "approve", "receive", "inspect", "inspect", "restock"
    ]  # fmt: skip


def test_lost_short_and_another_item(found: Return) -> None:
    receive(found, 2)
    inspect(found, "wrong_item", 1, is_accepted=False)
    inspect(found, "restock", 1)
    inspect(found, "lost", 1)
    inspect(found, "short", 2)
    assert states(found) == [
        ("wrong_item", "", "rejected"), ("received", "restock", "accepted"), ("lost", "", "accepted"),
        ("short", "", "accepted"), ("short", "", "accepted"),
    ]  # fmt: skip
    assert selectors.one(found.pk).status == "received"
    assert len(selectors.settleable(found.pk)) == 2
    again = make.asked(found.order, make.wanted(make.lines(found.order)[0], 2))  # the short ones are the shopper's
    assert [unit.number for unit in selectors.units_of(again.pk)] == [4, 5]


def test_lost_units_may_turn_up_until_they_are_settled(found: Return) -> None:
    inspect(found, "lost", 4, is_accepted=False)
    inspect(found, "lost", 1)
    assert receive(found, 5).status == "received"
    inspect(found, "restock", 2)
    assert states(found)[:3] == [("received", "restock", "accepted")] * 2 + [("received", "", "rejected")]


def test_a_settled_loss_does_not_turn_up(found: Return) -> None:
    inspect(found, "lost", 5)
    returns.reimburse(return_id=found.pk, by="staff:1")
    with pytest.raises(ReturnRefused, match="Only 0 units"):
        receive(found, 1)


@pytest.mark.parametrize(("outcome", "units"), [("restock", 1), ("damaged", 1), ("lost", 6), ("gone", 1)])
def test_verdicts_on_what_is_not_there(found: Return, outcome: str, units: int) -> None:
    with pytest.raises(ReturnRefused):
        inspect(found, outcome, units)
    assert set(states(found)) == {("awaiting", "", "accepted")}


def test_units_named_twice_are_counted_together(found: Return) -> None:
    key = line_of(found)
    returns.receive(return_id=found.pk, units={key: 2}, by="staff:1")
    twice = [Verdict(key, outcome, 2, is_accepted=True) for outcome in ("restock", "damaged")]
    with pytest.raises(ReturnRefused) as refused:
        returns.inspect(return_id=found.pk, verdicts=twice, by="staff:1")
    assert (str(refused.value), refused.value.code) == (
        "Only 2 units of this line came back and wait to be looked at, you named 4.", "too_many_units",
    )  # fmt: skip


def test_a_refusal_tells_one_from_many(found: Return) -> None:
    receive(found, 4)
    with pytest.raises(ReturnRefused, match="Only 1 unit of this line is there for that, you named 2"):
        receive(found, 2)
    inspect(found, "restock", 3)
    with pytest.raises(ReturnRefused, match="Only 1 unit of this line came back and waits to be looked at"):
        inspect(found, "damaged", 2)


def test_a_verdict_is_given_once(found: Return) -> None:
    receive(found, 5)
    inspect(found, "restock", 5)
    with pytest.raises(ReturnRefused, match="Only 0 units"):
        inspect(found, "damaged", 1)


def test_another_decision_until_it_is_settled(found: Return) -> None:
    make.back(found, outcome="damaged", is_accepted=False)
    assert selectors.one(found.pk).status == "refused"
    decided = {"return_id": found.pk, "units": {line_of(found): 2}, "by": "staff:1"}
    returns.decide(**decided, is_accepted=True)  # type: ignore[arg-type]
    assert [unit.acceptance for unit in selectors.units_of(found.pk)] == ["accepted"] * 2 + ["rejected"] * 3
    returns.reimburse(return_id=found.pk, by="staff:1")
    with pytest.raises(ReturnRefused, match="Only 0 units"):
        returns.decide(**decided, is_accepted=False)  # type: ignore[arg-type]


def test_what_was_refused_before_it_came_is_not_received(found: Return) -> None:
    returns.refuse(return_id=found.pk, reason="No", by="staff:1")
    with pytest.raises(ReturnRefused, match="Only 0 units"):
        receive(found, 1)


def test_the_checks_find_what_is_wrong(found: Return) -> None:
    make.back(found)
    outbox.drain(mails=False)
    StockMovement.objects.filter(document=f"return:{found.pk}:1").update(document=f"return:{found.pk}:9")
    assert invariants.good_units_are_stock() == [
        f"I1 return:{found.pk}:1 is on the shelf, but 0 units came into stock with it",
        f"I1 1 units came into stock with return:{found.pk}:9, which brought none",
    ]
    Return.objects.filter(pk=found.pk).update(version=9)
    assert invariants.histories_have_no_gaps() == [f"I8 {found.number}: its history has 5 steps of 9, the last one 5"]
    ReturnUnit.objects.filter(parent=found, position=1).delete()
    assert invariants.units_come_back_once() == []
