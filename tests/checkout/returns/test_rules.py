"""What the policy says, where units may go, and that parts of a line's worth come to the whole."""

from __future__ import annotations

from dataclasses import astuple, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.orders.rules import Amounts
from checkout.returns import rules
from checkout.returns.rules import Item, Policy, Unit

LAPTOP = Item("p1", "laptop", "computers/laptops")
ARRIVED = datetime(2026, 10, 4, 15, tzinfo=UTC)
ALL = Policy("Everything", 30)


def ruled(*policies: Policy, item: Item = LAPTOP, since: datetime | None = ARRIVED, days: int = 1) -> rules.Ruling:
    return rules.rule(item, policies, since=since, now=ARRIVED + timedelta(days=days))


class TestPolicy:
    def test_the_first_rule_that_fits_decides(self) -> None:
        computers = replace(ALL, name="Computers", category="computers", window_days=14)
        assert ruled(computers, ALL).policy == computers
        assert ruled(computers, ALL, item=Item("p2", "", "toys")).policy == ALL

    @pytest.mark.parametrize(
        ("scope", "fits"),
        [
            ({"category": "computers"}, True),
            ({"category": "computers/laptops"}, True),
            ({"category": "comp"}, False),
            ({"product_id": "p1"}, True),
            ({"product_id": "p2"}, False),
            ({"product_type": "laptop"}, True),
            ({"product_type": "desk"}, False),
            ({"product_type": "laptop", "category": "toys"}, False),
        ],
    )
    def test_scopes(self, scope: dict[str, str], fits: bool) -> None:
        assert replace(ALL, **scope).fits(LAPTOP) is fits

    def test_the_window_ends_with_its_last_day(self) -> None:
        assert ruled(ALL, days=30) == rules.Ruling(ALL, date(2026, 11, 3))
        assert ruled(ALL, days=31) == rules.Ruling(ALL, date(2026, 11, 3), "too_late")

    def test_final_sale_and_no_rule(self) -> None:
        assert ruled(replace(ALL, is_final_sale=True)).objection == "final_sale"
        assert ruled().objection == "no_rule"

    def test_what_has_not_left_has_no_last_day(self) -> None:
        assert ruled(ALL, since=None) == rules.Ruling(ALL)

    @pytest.mark.parametrize(
        ("policy", "reason", "condition", "verdict"),
        [
            (ALL, "changed_mind", "used", ("accepted", "")),
            (replace(ALL, is_automatic=False), "changed_mind", "unopened", ("manual", "")),
            (replace(ALL, conditions=("unopened",)), "changed_mind", "used", ("manual", "condition")),
            (replace(ALL, conditions=("unopened",)), "defective", "used", ("accepted", "")),
        ],
    )
    def test_who_approves(self, policy: Policy, reason: str, condition: str, verdict: tuple[str, str]) -> None:
        assert rules.judge(rules.Ruling(policy), reason=reason, condition=condition) == verdict

    def test_delivery_goes_back_by_rule_or_by_fault(self) -> None:
        assert rules.gives_delivery(refunds_delivery=True, reason="changed_mind")
        assert not rules.gives_delivery(refunds_delivery=False, reason="changed_mind")
        assert rules.gives_delivery(refunds_delivery=False, reason="damaged")


class TestMachines:
    def test_every_state_of_the_tables_can_be_reached(self) -> None:
        for table, start in ((rules.RECEPTION, "awaiting"), (rules.ACCEPTANCE, "pending")):
            reached, named = {start}, {start}
            for _turn in table:
                reached |= {to for sources, _trigger, to in table if reached & set(sources)}
            for sources, _trigger, to in table:
                named |= {*sources, to}
            assert reached == named

    def test_nothing_leads_out_of_what_is_gone(self) -> None:
        triggers = {trigger for _sources, trigger, _to in rules.RECEPTION}
        assert [rules.target(rules.RECEPTION, one, state) for one in triggers for state in rules.GONE] == [None] * 12

    @pytest.mark.parametrize(
        ("units", "status"),
        [
            ([Unit("awaiting", "manual")], "requested"),
            ([Unit("awaiting", "accepted")], "approved"),
            ([Unit("in_transit", "accepted")], "in_transit"),
            ([Unit("received", "accepted"), Unit("awaiting", "accepted")], "partly_received"),
            ([Unit("received", "accepted"), Unit("short", "accepted")], "received"),
            ([Unit("received", "accepted", True), Unit("received", "rejected")], "settled"),
            ([Unit("received", "accepted", True), Unit("received", "accepted")], "received"),
            ([Unit("received", "rejected")], "refused"),
            ([Unit("cancelled", "rejected")], "refused"),
            ([Unit("cancelled", "accepted")], "cancelled"),
            ([Unit("short", "accepted")], "cancelled"),
        ],
    )
    def test_the_status_is_what_the_units_come_to(self, units: list[Unit], status: str) -> None:
        assert rules.status(units) == status

    def test_numbers_that_are_free(self) -> None:
        assert rules.free_numbers(shipped=5, taken={2, 4}, wanted=2) == [1, 3]
        assert rules.free_numbers(shipped=2, taken={1, 2}, wanted=1) == []


minor = st.integers(0, 100_000)


@given(price=minor, discount=minor, shipping=minor, tax=minor, ship_tax=minor, units=st.integers(1, 9), data=st.data())
def test_parts_of_a_line_come_to_the_whole_whatever_is_kept(
    price: int, discount: int, shipping: int, tax: int, ship_tax: int, units: int, data: st.DataObject
) -> None:
    """Σ given + Σ kept = the line's worth, to the minor unit, in any order and with any of its returns keeping."""
    whole = Amounts(price * units, min(discount, price * units), shipping, tax + ship_tax, 0)
    delivery = Amounts(0, 0, shipping, ship_tax, 0)
    given_back, kept, gone, left = Amounts(), Amounts(), Amounts(), units
    while left:
        some = data.draw(st.integers(1, left))
        keeps = data.draw(st.booleans())
        given_now, carried = rules.given_back(
            whole - given_back - kept, delivery - gone, units=some, of=left, with_delivery=not keeps
        )
        assert all(amount >= 0 for amount in (*astuple(given_now), *astuple(carried)))
        given_back, gone, left = given_back + given_now, gone + carried, left - some
        kept += carried if keeps else Amounts()
    assert given_back + kept == whole
    assert gone == delivery


def test_delivery_that_is_kept_is_each_units_share() -> None:
    """Two units of 10.00 with 5.00 of delivery: the first keeps its 2.50, the second gets its own 2.50 back."""
    first, kept = rules.given_back(
        Amounts(2000, 0, 500), Amounts(0, 0, 500), units=1, of=2, with_delivery=False
    )  # fmt: skip
    second, _own = rules.given_back(
        Amounts(1000, 0, 500) - kept, Amounts(0, 0, 500) - kept, units=1, of=1, with_delivery=True
    )  # fmt: skip
    assert (first.value, kept.value, second.value) == (1000, 250, 1250)


def test_a_number() -> None:
    assert rules.number(2026, 1) == "RET-2026000001"
