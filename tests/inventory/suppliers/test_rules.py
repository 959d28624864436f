"""How purchase orders move and how much they ask for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.suppliers import rules

ENDED = {rules.RECEIVED, rules.CLOSED_SHORT, rules.CANCELLED}


def test_every_status_is_reached_and_the_ended_ones_stay() -> None:
    assert {to for _source, _trigger, to in rules.TRANSITIONS} == {rules.ORDERED, rules.PARTLY, *ENDED}
    assert [status for status in ENDED if rules.possible(status)] == []


@pytest.mark.parametrize(
    ("status", "trigger", "to"),
    [
        ("draft", "place", "ordered"),
        ("draft", "receive_some", None),
        ("draft", "close_short", None),
        ("ordered", "place", None),
        ("ordered", "cancel", "cancelled"),
        ("ordered", "close_short", None),
        ("partly_received", "cancel", None),
        ("partly_received", "close_short", "closed_short"),
        ("received", "receive_some", None),
    ],
)
def test_only_the_tables_moves_are_legal(status: str, trigger: str, to: str | None) -> None:
    assert rules.after(status, trigger) == to


@pytest.mark.parametrize(("ordered", "most"), [(1, 2), (10, 11), (11, 13), (100, 110)])
def test_a_tenth_more_may_come(ordered: int, most: int) -> None:
    assert rules.most(ordered) == most


def test_a_number_has_the_year_and_six_digits() -> None:
    assert rules.number(2026, 1) == "PO-2026000001"


counts = st.integers(0, 10_000)


@given(threshold=counts, coming=st.integers(-1000, 10_000), minimum=st.integers(0, 500), pack=st.integers(1, 100))
def test_what_is_ordered_is_whole_packs_and_just_enough(threshold: int, coming: int, minimum: int, pack: int) -> None:
    units = rules.to_order(threshold=threshold, coming=coming, minimum=minimum, pack=pack)
    wanted = max(2 * threshold - coming, minimum, 1)
    assert units % pack == 0
    assert wanted <= units < wanted + pack
