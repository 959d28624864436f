"""Races for one return, with real connections. Each control takes the lock away and sees what it prevents."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from checkout.payments import refunding
from checkout.payments import services as payments
from checkout.payments.models import Refund
from checkout.returns import reimbursing, selectors
from checkout.returns import services as returns
from checkout.returns.models import Reimbursement, Return, ReturnUnit
from shop.core import db
from tests.concurrency.race import together, without_constraint
from tests.concurrency.test_orders import unlocked
from tests.factories import returns as make
from tests.factories.accounts import UserFactory
from tests.invariants import violations

pytestmark = pytest.mark.django_db(transaction=True)


def came_back() -> Return:
    make.rule()
    return make.back(make.asked(make.arrived(quantity=2)))


def given_back(found: Return) -> list[int]:
    return list(Refund.objects.filter(order_id=found.order_id).values_list("amount_minor", flat=True))


def test_two_people_settle_the_same_return(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        found = came_back()
        results = together([partial(returns.reimburse, return_id=found.pk, by="staff:1")] * 4)
        assert sorted(type(result).__name__ for result in results) == ["ReturnRefused"] * 3 + ["Settlement"]
        assert {str(result.code) for result in results if isinstance(result, Exception)} == {"nothing_to_settle"}
        assert given_back(found) == [2750]
    assert [one for one in violations() if "return" in one or "reimbursement" in one] == []


def test_control_without_the_lock_it_is_settled_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    found = came_back()
    with (
        without_constraint("checkout_reimbursement", "reimbursement_position", using=db.DEFAULT),
        without_constraint("checkout_returnstep", "return_step_position", using=db.DEFAULT),
    ):
        with unlocked(monkeypatch, selectors, "settleable"):
            results = together([partial(returns.reimburse, return_id=found.pk, by="staff:1")] * 2)
        assert [type(result).__name__ for result in results] == ["Settlement"] * 2
        assert Reimbursement.objects.filter(parent=found).count() == 2
        assert [one for one in violations() if "reimbursement" in one] != []
        ReturnUnit.objects.all().delete()
        Return.objects.all().delete()


def test_two_forms_for_the_last_unit(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        make.rule()
        order = make.arrived()
        [line] = make.lines(order)
        asks = [partial(make.asked, order, make.wanted(line), key=f"{order.pk}:{turn}") for turn in range(4)]
        results = together(asks)
        assert sorted(type(result).__name__ for result in results) == ["Return"] + ["ReturnRefused"] * 3
        assert ReturnUnit.objects.filter(order_id=order.pk).count() == 1


def test_control_without_lock_and_index_a_unit_is_in_two_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    make.rule()
    order = make.arrived()
    [line] = make.lines(order)
    asks = [partial(make.asked, order, make.wanted(line), key=f"{turn}") for turn in range(2)]
    with without_constraint("checkout_returnunit", "return_unit_once", using=db.DEFAULT):
        with unlocked(monkeypatch, selectors, "returnable"):
            results = together(asks)
        assert [type(result).__name__ for result in results] == ["Return"] * 2
        assert [one for one in violations() if "is in 2 returns" in one] != []
        Return.objects.all().delete()


def test_without_the_lock_the_index_still_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    make.rule()
    order = make.arrived()
    [line] = make.lines(order)
    asks = [partial(make.asked, order, make.wanted(line), key=f"{turn}") for turn in range(2)]
    with unlocked(monkeypatch, selectors, "returnable"):
        results = together(asks)
    assert sorted(type(result).__name__ for result in results) == ["IntegrityError", "Return"]


def test_a_double_click_is_one_return(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        make.rule()
        order = make.arrived(quantity=4)
        [line] = make.lines(order)
        results = together([partial(make.asked, order, make.wanted(line), key=f"{order.pk}")] * 4)
        assert len({result.pk for result in results}) == 1


def test_cancelled_or_received_but_not_both(schedules: Any) -> None:
    for _schedule in schedules(long=50):
        make.rule()
        found = make.asked(make.arrived())
        units = make.units_by_line(found)
        results = together([
            partial(returns.cancel, return_id=found.pk, by="guest"),
            partial(returns.receive, return_id=found.pk, units=units, by="staff:1"),
        ])  # fmt: skip
        assert sorted(type(result).__name__ for result in results) == ["Return", "ReturnRefused"]
        assert selectors.one(found.pk).status in {"cancelled", "received"}


def given_up_beside(found: Return) -> list[Any]:
    """Somebody settles the return, and somebody else gives all of the order back as store credit."""
    whole = partial(payments.request_refund, order_id=found.order_id, amount=found.order.total, reason="sorry")
    return together([
        partial(returns.reimburse, return_id=found.pk, by="staff:1"), partial(whole, by="staff:2", to="store_credit"),
    ])  # fmt: skip


def test_a_return_ends_beside_a_refund_of_everything(schedules: Any) -> None:
    """Whoever is first: nothing is given twice, and the return is settled."""
    make.rule()
    for _schedule in schedules(long=50):
        found = make.back(make.asked(make.arrived(customer_id=UserFactory().pk)))
        settled, refunded = given_up_beside(found)
        assert type(settled).__name__ == "Settlement"
        assert getattr(refunded, "code", "") in ("", "refund_too_large")
        assert given_back(found) == [found.order.total_minor]
        assert selectors.one(found.pk).status == "settled"
    assert [one for one in violations() if "return" in one or "reimbursement" in one] == []


def test_control_without_the_lock_both_give_it_back(monkeypatch: pytest.MonkeyPatch) -> None:
    make.rule()
    found = make.back(make.asked(make.arrived(customer_id=UserFactory().pk)))
    with unlocked(monkeypatch, refunding, "refundable"):
        given_up_beside(found)
    assert given_back(found) == [found.order.total_minor] * 2
    Refund.objects.all().delete()


def test_the_simulation_takes_the_same_lock() -> None:
    """Beside a settlement it either sees what will happen or that it has."""
    found = came_back()
    results = together([
        partial(reimbursing.simulate, return_id=found.pk, by="staff:1"),
        partial(reimbursing.reimburse, return_id=found.pk, by="staff:2"),
    ])  # fmt: skip
    assert type(results[1]).__name__ == "Settlement"
    assert given_back(found) == [2750]
