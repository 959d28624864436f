"""What coupons take off."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.promotions import engine
from shop.core.money import Money

NOW = datetime(2026, 11, 21, tzinfo=UTC)
DAY = timedelta(days=1)


def usd(minor):
    return Money(minor, "USD")


offers = st.lists(
    st.one_of(
        st.decimals(min_value=Decimal("0.01"), max_value=100, places=2).map(
            lambda percent: engine.Offer("P", "percent", percent=percent)
        ),
        st.integers(min_value=1, max_value=10**7).map(lambda minor: engine.Offer("A", "amount", amount=usd(minor))),
    ),
    max_size=6,
)


@given(offers, st.integers(min_value=0, max_value=10**8))
def test_never_more_than_the_subtotal(several, minor):
    taken = [one.amount.minor for one in engine.apply(several, subtotal=usd(minor))]
    assert all(amount > 0 for amount in taken)
    assert sum(taken) <= minor


def test_one_after_the_other():
    several = [engine.Offer("TEN", "10 %", percent=Decimal(10)), engine.Offer("FIVE", "$5", amount=usd(500))]
    assert [one.amount.minor for one in engine.apply(several, subtotal=usd(2005))] == [201, 500]


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        (engine.Offer("X", "x", percent=Decimal(10)), None),
        (engine.Offer("X", "x", percent=Decimal(10), starts_at=NOW + DAY), "not_started"),
        (engine.Offer("X", "x", percent=Decimal(10), starts_at=NOW), None),
        (engine.Offer("X", "x", percent=Decimal(10), ends_at=NOW), "expired"),
        (engine.Offer("X", "x", percent=Decimal(10), is_used_up=True), "used_up"),
        (engine.Offer("X", "x", percent=Decimal(10), minimum=usd(2001)), "minimum"),
        (engine.Offer("X", "x", percent=Decimal(10), minimum=usd(2000)), None),
        (engine.Offer("X", "x", amount=Money(5, "EUR")), "currency"),
    ],
)
def test_why_not(offer, expected):
    assert engine.problem(offer, subtotal=usd(2000), now=NOW) == expected


@pytest.mark.parametrize("text", ["save10", " SAVE 10 ", "ｓａｖｅ１０", "Save10\t"])
def test_codes_are_compared_without_case_space_and_width(text):
    assert engine.canonical(text) == "SAVE10"
