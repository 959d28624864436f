"""What a shopper is told of units that are not all there."""

from __future__ import annotations

from datetime import date

import pytest

from inventory.stock import wording
from inventory.stock.rules import Availability

DAY = date(2027, 3, 12)


@pytest.mark.parametrize(
    ("have", "wanted", "text"),
    [
        (Availability(6, 4, expected_on=DAY), 4, ""),
        (Availability(6, 4, expected_on=DAY), 7, ""),
        (Availability(6, 4), 5, "4 in stock, 1 on backorder"),
        (Availability(6, 4, expected_on=DAY), 6, "4 in stock, 2 on backorder: expected by March 12, 2027"),
        (Availability(6, 4, True, DAY), 5, "4 in stock, 1 on pre-order: ships March 12, 2027"),
        (Availability(6, 4, True), 5, "4 in stock, 1 on pre-order"),
        (Availability(2, 0), 1, "On backorder"),
    ],
)
def test_a_line_says_what_is_there_and_what_comes_later(have: Availability, wanted: int, text: str) -> None:
    assert wording.notice(have, wanted) == text


@pytest.mark.parametrize(
    ("have", "text"),
    [
        (Availability(6, 4), "4 in stock, more on backorder"),
        (Availability(6, 4, is_preorder=True), "4 in stock, more can be pre-ordered"),
        (Availability(4, 4), ""),
        (Availability(2, 0), ""),
    ],
)
def test_what_is_left_is_what_is_there(have: Availability, text: str) -> None:
    assert wording.left(have) == text
