"""Tax adds up, whatever is bought, wherever and however it is rounded."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cart.pricing import rules
from cart.tax import rules as tax
from cart.tax.rules import How, Level, Rate, Rounding
from checkout.orders import rules as orders
from checkout.orders.rules import Amounts
from shop.core.money import Money
from tests.factories.drawn import CLASSES, currencies, examples, hows, rates

calmly = examples(150)
lines = st.lists(
    st.tuples(st.integers(1, 9), st.integers(0, 10**7), st.sampled_from(CLASSES), st.integers(0, 10**6)), max_size=10
)

alike = st.lists(  # lines that only their order or their tax tells apart
    st.tuples(st.integers(1, 2), st.sampled_from([0, 500, 1000]), st.sampled_from(CLASSES), st.sampled_from([0, 100])),
    max_size=6,
)


def totals(wanted, delivery, taxes, currency, how):
    items = [
        rules.Item(Money(units * price, currency), tax_class, Money(off, currency), units)
        for units, price, tax_class, off in wanted
    ]
    return rules.totals(items, shipping=Money(delivery, currency), rates=taxes, currency=currency, how=how)


@calmly
@given(lines, st.integers(0, 10**6), rates, currencies, hows)
def test_lines_taxes_and_total_add_up(wanted, delivery, taxes, currency, how):
    sums = totals(wanted, delivery, taxes, currency, how)
    assert sums.subtotal.minor == sum(units * price for units, price, _class, _off in wanted)
    assert sums.tax.minor == sum(line.amount.minor for line in sums.tax_lines)
    assert sums.tax.minor == sum(share.tax.minor for share in sums.items)
    assert sums.included_tax.minor == sum(share.included_tax.minor for share in sums.items)
    assert sums.total == sums.subtotal - sums.discount + sums.shipping + sums.tax - sums.included_tax
    assert all(line.amount.minor >= 0 for share in sums.items for line in share.taxes)


@calmly
@given(st.data(), alike | lines, st.integers(0, 99), rates, currencies, hows)
def test_the_order_of_lines_does_not_matter(data, wanted, delivery, taxes, currency, how):
    other = data.draw(st.permutations(wanted))
    mine, theirs = (totals(given, delivery, taxes, currency, how) for given in (wanted, other))
    assert (mine.total, mine.tax_lines) == (theirs.total, theirs.tax_lines)
    if how.level is Level.LINE:
        assert sorted(zip(wanted, mine.items, strict=True), key=repr) == sorted(
            zip(other, theirs.items, strict=True), key=repr
        )


@calmly
@given(lines, st.integers(0, 10**6), rates, currencies, hows)
def test_all_parts_given_back_are_what_was_paid(wanted, delivery, taxes, currency, how):
    sums = totals(wanted, delivery, taxes, currency, how)
    back = 0
    for (units, price, _class, _off), share in zip(wanted, sums.items, strict=True):
        rest = Amounts(
            units * price, share.discount.minor, share.shipping.minor, share.tax.minor, share.included_tax.minor
        )
        for left in range(units, 0, -1):
            one = orders.part(rest, units=1, of=left)
            back, rest = back + one.value, rest - one
    assert back == sums.total.minor


@calmly
@given(st.integers(0, 3) | st.integers(0, 10**7), rates, st.sampled_from(Rounding))
def test_a_price_with_its_taxes_is_never_less_than_them(price, taxes, rounding):
    share = totals([(1, price, "standard", 0)], 0, taxes, "EUR", How(rounding)).items[0]
    assert share.included_tax.minor <= price


@calmly
@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=30), st.sampled_from(Rounding))
def test_an_order_is_rounded_once(prices, rounding):
    rate = Rate("A", Decimal("0.0725"))
    sums = totals([(1, price, "standard", 0) for price in prices], 0, [rate], "USD", How(rounding, Level.ORDER))
    assert sums.tax.minor == tax.rounded(sum(prices) * tax.parts((rate,))[0][0], rounding)
    for price, share in zip(prices, sums.items, strict=True):
        assert abs(share.tax.minor - price * Decimal("0.0725")) < 1


@pytest.mark.parametrize(
    ("pattern", "code", "expected"),
    [
        ("", "", True),
        ("", "90210", True),
        ("90210", "90210", True),
        ("90210", "90211", False),
        ("90210", "", False),
        ("902*", "90211-1234", True),
        ("k1a*, 10115", "K1A 0B1", True),
        ("90001..90899", "90210-4444", True),
        ("90001..90899", "90900", False),
        ("BT1..BT9", "BT4 1AB", True),
        ("00-001..00-950", "00-123", True),
    ],
)
def test_postal_codes(pattern, code, expected):
    assert tax.in_postal_codes(pattern, code) is expected


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [("", ""), ("90210, 9*", ""), ("1..2,3*", ""), ("9..10", "range"), ("20..10", "range"), ("1,,2", "empty"),
     ("*", "empty"), ("9*1", "star"), ("1*..2*", "star")],
)  # fmt: skip
def test_what_is_wrong_with_postal_codes(pattern, problem):
    assert tax.postal_problem(pattern) == problem
