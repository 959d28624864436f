"""Quantities as they come from forms and JSON."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.carts import rules


@pytest.mark.parametrize(
    ("value", "quantity"),
    [
        ("3", 3), (" 3 ", 3), (3, 3), ("0", 0), (-1, -1),
        ("-1", None), ("+1", None), ("0.5", None), ("1e3", None), ("NaN", None), ("", None), ("٣", None),
        (True, None), (2.0, None), (None, None), ([1], None), ("9999999999", None),
    ],
)  # fmt: skip
def test_a_quantity_is_a_whole_number_of_units(value, quantity):
    assert rules.quantity_of(value) == quantity


@given(wanted=st.integers(0, 5000), available=st.integers(0, 5000))
def test_no_line_holds_more_than_there_is_or_than_the_limit(wanted, available):
    kept = rules.capped(wanted, available)
    assert kept == min(wanted, available, rules.MAX_QUANTITY)
