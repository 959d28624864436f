"""The price of a bundle among its parts."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from catalog.bundles.rules import Share, shares

PARTS = st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 20)), min_size=1, max_size=8)


def test_in_proportion_to_what_parts_cost_by_themselves():
    assert shares(8000, [(6000, 1), (2000, 2)]) == [Share(0, 1, 4800), Share(1, 2, 1600)]


def test_units_that_cannot_cost_the_same_are_two_shares():
    assert shares(10000, [(1000, 3)]) == [Share(0, 1, 3334), Share(0, 2, 3333)]


def test_parts_that_cost_nothing_by_themselves_share_alike():
    assert shares(900, [(0, 1), (0, 2)]) == [Share(0, 1, 300), Share(1, 2, 300)]


@given(st.integers(0, 10**8), PARTS, st.integers(1, 999))
def test_shares_come_to_the_price_for_every_number_of_bundles(price, parts, bundles):
    found = shares(price, parts)
    assert sum(one.units * bundles * one.price for one in found) == price * bundles
    for place, (_cost, units) in enumerate(parts):
        assert sum(one.units for one in found if one.part == place) == units


@given(st.integers(0, 10**8), PARTS)
def test_no_unit_is_further_than_one_from_its_exact_share(price, parts):
    whole = sum(cost * units for cost, units in parts)
    count = sum(units for _cost, units in parts)
    for one in shares(price, parts):
        exact = Fraction(price * parts[one.part][0], whole) if whole else Fraction(price, count)
        assert abs(one.price - exact) < 1
        assert one.price >= 0
