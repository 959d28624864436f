"""Which units may be taken off."""

from __future__ import annotations

from uuid import UUID

import pytest

from checkout.changes import rules
from checkout.changes.rules import Units


@pytest.mark.parametrize(
    ("units", "wanted", "code"),
    [
        (Units(3), 3, ""),
        (Units(3), 4, "too_many_units"),
        (Units(3), 0, "too_many_units"),
        (None, 1, "too_many_units"),
        (Units(3, gone=1), 2, ""),
        (Units(3, gone=2), 2, "already_shipped"),
        (Units(3, gone=2, returned=1), 1, ""),
        (Units(3, gone=3, returned=3), 1, "already_shipped"),
    ],
)
def test_objection(units: Units | None, wanted: int, code: str) -> None:
    assert rules.objection(units, wanted) == code


def test_nothing_is_left_when_every_unit_goes() -> None:
    one, other = UUID(int=1), UUID(int=2)
    lines = {one: Units(2), other: Units(0)}
    assert rules.is_empty(lines, {one: 2})
    assert not rules.is_empty(lines, {one: 1})
    assert not rules.is_empty({one: Units(2), other: Units(1)}, {one: 2})
