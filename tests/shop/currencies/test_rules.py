"""Conversion: exact, monotone, and never from something to nothing."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.money import MAX_MINOR, BadAmount
from shop.currencies import rules
from shop.currencies.rules import Mode, Terms

DIGITS = {"JPY": 0, "USD": 2, "EUR": 2, "KWD": 3}
MINOR = st.integers(0, 10**9)


@st.composite
def terms(draw: st.DrawFn, least: str = "0.0000000001") -> Terms:
    code, base = draw(st.permutations(sorted(DIGITS)).map(lambda codes: codes[:2]))
    step = draw(st.sampled_from([1, 5, 10, 50, 100, 1000]) | st.integers(1, 10_000))
    rate = draw(st.decimals(least, "100000", places=10))
    return Terms(code, base, rate, step, draw(st.integers(0, step - 1)), draw(st.sampled_from(Mode)))


@pytest.mark.parametrize(
    ("how", "minor", "shown"),
    [
        ({}, 1234, 1135),  # 11.3528
        ({"mode": Mode.UP}, 1234, 1136),
        ({"mode": Mode.DOWN}, 1239, 1139),
        ({"step": 5}, 1234, 1135),
        ({"step": 5}, 1237, 1140),  # 11.3804
        ({"step": 100, "ending": 99}, 1234, 1099),  # 11.35 is nearer to it than to 11.99
        ({"step": 100, "ending": 99, "mode": Mode.UP}, 1234, 1199),
        ({"step": 100, "ending": 99}, 3, 99),  # never below the first ending
        ({"step": 100, "mode": Mode.DOWN}, 3, 100),
        ({"step": 100, "ending": 99}, 0, 0),  # what is free stays so
    ],
)
def test_worked_examples(how, minor, shown):
    assert Terms("EUR", "USD", Decimal("0.92"), **how).price(minor) == shown


def test_digits_of_currencies():
    assert Terms("JPY", "USD", Decimal("149.35")).price(1999) == 2986  # 2985.5065
    assert Terms("KWD", "USD", Decimal("0.3069")).price(1999) == 6135  # 6.134931
    assert Terms("USD", "JPY", Decimal("0.0067")).price(2986) == 2001  # 20.0062


def test_an_amount_has_no_ending():
    own = Terms("EUR", "USD", Decimal("0.92"), 100, 99)
    assert (own.amount(5000), own.price(5000)) == (4600, 4599)


def test_what_is_below_zero_is_refused():
    with pytest.raises(BadAmount):
        Terms("EUR", "USD", Decimal(1)).price(-1)


@given(terms(), MINOR, MINOR)
def test_what_is_not_dearer_here_is_not_dearer_there(own, one, other):
    low, high = sorted([one, other])
    assert own.price(low) <= own.price(high)
    assert own.amount(low) <= own.amount(high)


@given(terms(), MINOR)
def test_something_stays_something_and_keeps_its_form(own, minor):
    shown, amount = own.price(minor), own.amount(minor)
    if minor == 0:
        assert (shown, amount) == (0, 0)
    else:
        assert shown > 0
        assert shown % own.step == own.ending
        assert amount > 0
        assert amount % own.step == 0


@given(terms(), MINOR)
def test_it_is_the_nearest_that_its_mode_allows(own, minor):
    exact = Fraction(own.rate) * minor * 10 ** DIGITS[own.code] / 10 ** DIGITS[own.base]
    off = own.price(minor) - exact
    smallest = own.ending or own.step
    if smallest < own.price(minor) <= MAX_MINOR - own.step:  # above, it is the most that there is
        assert {Mode.HALF_UP: abs(off) * 2 <= own.step, Mode.UP: 0 <= off < own.step, Mode.DOWN: -own.step < off <= 0}[
            own.mode
        ]


@given(terms(least="0.0001"), st.integers(1, 10**7))
def test_filters_find_exactly_what_is_shown_between_them(own, minor):
    least, most = own.least(minor), own.most(minor)
    assert own.price(least) >= minor
    assert least == 0 or own.price(least - 1) < minor
    assert own.price(most) <= minor
    assert own.price(most + 1) > minor


def test_own_amounts_stand_and_others_are_added_at_any_depth():
    own = Terms("EUR", "USD", Decimal("0.92"), 100, 99)
    given_terms = {
        "steps": [{"spend": {"USD": 5000}, "quantity": 0, "amounts": {"USD": 500, "EUR": 450}}],
        "prices": {"USD": 2000},
        "most": 3,
        "bought": {"any_of": ["tag:sale"]},
    }
    assert rules.filled(given_terms, own, frozenset({"prices"})) == {
        "steps": [{"spend": {"USD": 5000, "EUR": 4600}, "quantity": 0, "amounts": {"USD": 500, "EUR": 450}}],
        "prices": {"USD": 2000, "EUR": 1799},
        "most": 3,
        "bought": {"any_of": ["tag:sale"]},
    }
    assert rules.filled(given_terms, None) is given_terms


def test_bands_are_even_amounts_of_about_the_same_worth():
    assert rules.bands("EUR", Decimal("0.92")) == (2500, 5000, 10_000, 25_000)
    assert rules.bands("JPY", Decimal("149")) == (2500, 5000, 10_000, 25_000)
    assert rules.bands("SEK", Decimal("9.5")) == (25_000, 50_000, 100_000, 250_000)


def test_rates_cross_the_euro():
    crossed = rules.crossed({"USD": Decimal("1.25"), "JPY": Decimal("160")}, "USD")
    assert crossed == {"EUR": Decimal("0.8"), "JPY": Decimal("128")}
    with pytest.raises(KeyError):
        rules.crossed({"JPY": Decimal("160")}, "USD")
