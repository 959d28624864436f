"""Codes of gift cards, and how what is due is split over cards."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checkout.giftcards import rules


def test_a_code_has_80_random_bits_and_no_look_alikes() -> None:
    assert math.log2(len(set(rules.ALPHABET))) * rules.LENGTH == 80
    assert set("ILOU").isdisjoint(rules.ALPHABET)
    codes = {rules.new_code() for _ in range(200)}
    assert len(codes) == 200
    assert all(rules.read(code) == code for code in codes)


@given(st.integers(0, 2**32))
def test_a_code_is_read_however_it_is_typed(seed: int) -> None:
    code = rules.new_code(random.Random(seed))
    shown = rules.grouped(code)
    assert len(shown) == 19
    for typed in (shown, shown.lower(), f"  {shown.replace('-', ' ')} ", shown.replace("-", "–"), code):
        assert rules.read(typed) == code
    assert rules.read(shown.replace("0", "O").replace("1", "l")) == code


NO_CODES = ["", "1234", "UUUU-UUUU-UUUU-UUUU", "0" * 17, "ÄÖÜß" * 4, "\x00" * 16, "٣" * 16, "x" * 10000]


@pytest.mark.parametrize("text", NO_CODES)
def test_what_cannot_be_a_code_is_none(text: str) -> None:
    assert rules.read(text) is None


@given(st.integers(0, 10**6), st.lists(st.integers(-5, 10**6), max_size=5))
def test_parts_pay_all_they_can_and_leave_nothing_or_enough(due: int, balances: list[int]) -> None:
    parts = rules.parts(due, balances, least_rest=100)
    assert len(parts) == len(balances)
    assert all(0 <= part <= max(0, balance) for part, balance in zip(parts, balances, strict=True))
    rest = due - sum(parts)
    has = sum(max(0, one) for one in balances)
    assert rest == 0 or rest >= min(100, due)
    assert rest == 0 if has >= due else rest <= max(due - has, 100)
