"""What shoppers want for what comes back, and why they do not get it, in words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from checkout.returns import wishes
from checkout.returns.models import Return


def line(same: bool | None) -> Any:
    """A line for which the same (None: nothing) is wanted instead, or else another variant."""
    wanted = {None: None, True: "a", False: "b"}[same]
    return SimpleNamespace(exchange_for=wanted, order_line=SimpleNamespace(variant_id="a"))


@pytest.mark.parametrize(
    ("wish", "same", "told"),
    [
        ("original", [None], "money back the way it was paid"),
        ("exchange", [False], "exchange for another variant"),
        ("exchange", [False, None], "exchange for another variant"),
        ("exchange", [True], "the same again"),
        ("exchange", [True, None], "the same again"),
        ("exchange", [True, False], "exchange for another variant, and the same again"),
    ],
)
def test_a_wish_is_called_what_it_is(wish: str, same: list[bool | None], told: str) -> None:
    assert wishes.wish(Return(wish=wish), [line(one) for one in same]) == told


@pytest.mark.parametrize(
    ("has_same", "has_other", "told"),
    [
        (False, True, "exchange for another variant"),
        (True, True, "exchange for another variant, or the same again"),
        (True, False, "the same again"),
    ],
)
def test_the_choice_is_called_what_may_be_chosen(has_same: bool, has_other: bool, told: str) -> None:
    assert wishes.exchange(has_same=has_same, has_other=has_other) == told


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("out_of_stock", "Not enough is left of what you wanted instead"),
        ("not_sellable", "What you wanted instead is not sold any more"),
        ("not_editable", "What you wanted instead could not be sent"),
        ("", "What you wanted instead could not be sent"),
    ],
)
def test_why_there_is_no_exchange_is_what_kept_it_from_being_made(code: str, why: str) -> None:
    assert wishes.not_exchanged(code) == f"{why}, so you get back what your items are worth."
