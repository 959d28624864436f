"""Money: exact, and never of two currencies at once."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.money import BadAmount, CurrencyMismatch, Money, exponent, total

amounts = st.integers(min_value=-(10**12), max_value=10**12)
weights = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=50)


@given(amounts, weights)
def test_allocated_parts_sum_to_the_whole(minor, shares):
    parts = Money(minor, "USD").allocate(shares)
    assert sum(part.minor for part in parts) == minor


@given(amounts, weights)
def test_each_part_is_within_one_minor_unit_of_its_exact_share(minor, shares):
    whole = sum(shares) or len(shares)
    exact = [Decimal(minor) * (share if sum(shares) else 1) / whole for share in shares]
    for part, share in zip(Money(minor, "EUR").allocate(shares), exact, strict=True):
        assert abs(part.minor - share) < 1


@given(amounts, st.integers(min_value=1, max_value=200))
def test_split_parts_differ_by_at_most_one(minor, count):
    parts = [part.minor for part in Money(minor, "USD").split(count)]
    assert len(parts) == count
    assert max(parts) - min(parts) <= 1


@given(amounts, st.sampled_from(["USD", "JPY", "KWD"]))
def test_decimal_and_back(minor, currency):
    money = Money(minor, currency)
    assert Money.of(str(money.decimal), currency) == money
    assert -money.decimal.as_tuple().exponent == exponent(currency)


def test_known_digits():
    assert [exponent(code) for code in ("USD", "JPY", "KWD")] == [2, 0, 3]


@pytest.mark.parametrize("text", ["12.345", "abc", "", "NaN", "Infinity", "1e400"])
def test_what_is_not_an_amount(text):
    with pytest.raises(BadAmount):
        Money.of(text, "USD")


def test_unknown_currency():
    with pytest.raises(BadAmount):
        Money.of("1", "XQQ")


def test_floats_are_refused():
    with pytest.raises(TypeError):
        Money.of(1.5, "USD")
    with pytest.raises(TypeError):
        Money(1.5, "USD")
    with pytest.raises(TypeError):
        Money(100, "USD") * 1.1


def test_currencies_do_not_mix():
    with pytest.raises(CurrencyMismatch):
        Money(1, "USD") + Money(1, "EUR")
    with pytest.raises(CurrencyMismatch):
        assert Money(1, "USD") < Money(1, "EUR")
    with pytest.raises(CurrencyMismatch):
        total([Money(1, "USD")], "EUR")


def test_arithmetic():
    assert Money(250, "USD") + Money(50, "USD") - Money(100, "USD") == Money(200, "USD")
    assert Money(333, "USD") * 3 == Money(999, "USD")
    assert Money(105, "USD") * Decimal("0.5") == Money(53, "USD")  # half up
    assert total([], "USD") == Money.zero("USD")
    assert Money.rounded("1.005", "USD") == Money(101, "USD")


def test_for_people():
    assert Money(123450, "USD").format("en") == "$1,234.50"
    assert Money(123450, "EUR").format("de") == "1.234,50\xa0€"
    assert Money(500, "JPY").format("en") == "¥500"


def test_too_many_digits_are_refused_in_words():
    with pytest.raises(BadAmount, match=r"^1\.005 has more digits than USD has$"):
        Money.of(Decimal("1.005"), "USD")
