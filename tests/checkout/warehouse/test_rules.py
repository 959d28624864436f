"""What a scanner says, and who gets the unit."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.warehouse import rules


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("SKU-1", (1, "SKU-1")),
        (" SKU-1\n", (1, "SKU-1")),
        ("3*SKU-1", (3, "SKU-1")),
        ("3 × SKU 1", (3, "SKU 1")),
        ("999*A", (999, "A")),
        ("4006381333931", (1, "4006381333931")),
        ("SKU*3", (1, "SKU*3")),
        ("*3", (1, "*3")),
        ("3*", (1, "3*")),
    ],
)
def test_a_scan_is_units_and_a_code(text, meant):
    assert rules.scanned(text) == meant


@pytest.mark.parametrize(
    ("text", "code"), [("", "empty"), (" \n", "empty"), ("0*A", "bad_units"), ("1000*A", "bad_units")]
)
def test_a_scan_that_cannot_be_read_says_why(text, code):
    with pytest.raises(rules.BadScan) as bad:
        rules.scanned(text)
    assert bad.value.code == code


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("abc", "ABC", True), ("036000291452", "0036000291452", True), ("036000291452", "36000291452", True),
        ("007", "7", False), ("", "", True), ("A", "", False), ("SKU-1", "SKU-10", False),
    ],
)  # fmt: skip
def test_codes_are_compared_as_scanners_send_them(one, other, is_same):
    assert rules.same_code(one, other) is is_same


def needs(*open_units: int) -> list[rules.Need]:
    return [rules.Need(UUID(int=box), box, units) for box, units in enumerate(open_units, start=1)]


def test_the_first_box_that_needs_it_gets_it():
    assert [(need.box, part) for need, part in rules.share(1, needs(0, 2, 1))] == [(2, 1)]
    assert [(need.box, part) for need, part in rules.share(3, needs(0, 2, 1))] == [(2, 2), (3, 1)]
    assert rules.share(0, needs(1)) == []


@given(units=st.integers(0, 40), open_units=st.lists(st.integers(0, 9), max_size=6))
def test_no_unit_is_lost_and_no_box_gets_more_than_it_needs(units, open_units):
    wanted = needs(*open_units)
    if units > sum(open_units):
        with pytest.raises(ValueError, match="too many"):
            rules.share(units, wanted)
        return
    shares = rules.share(units, wanted)
    assert sum(part for _need, part in shares) == units
    assert all(0 < part <= need.open for need, part in shares)
