"""Totals add up, whatever is bought."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cart.pricing import rules
from cart.tax.rules import Rate
from shop.core.money import Money

lines = st.lists(
    st.builds(
        rules.Item,
        total=st.integers(min_value=0, max_value=10**8).map(lambda minor: Money(minor, "USD")),
        tax_class=st.sampled_from(["standard", "reduced"]),
        discount=st.none() | st.integers(min_value=-1, max_value=10**8).map(lambda minor: Money(minor, "USD")),
    ),
    max_size=12,
)
rates = st.lists(
    st.builds(
        Rate,
        name=st.sampled_from(["A", "B", "C"]),
        rate=st.decimals(min_value=0, max_value=1, places=5),
        tax_class=st.sampled_from(["standard", "reduced"]),
        is_included=st.booleans(),
        applies_to_shipping=st.booleans(),
    ),
    max_size=4,
    unique=True,
)
money = st.integers(min_value=0, max_value=10**8).map(lambda minor: Money(minor, "USD"))


@given(lines, money, rates)
def test_lines_and_totals_reconcile_to_the_cent(items, shipping, taxes):
    sums = rules.totals(items, shipping=shipping, rates=taxes, currency="USD")
    assert sums.subtotal.minor == sum(item.total.minor for item in items)
    assert sums.discount.minor == sum(share.discount.minor for share in sums.items)
    assert sums.shipping.minor == sum(share.shipping.minor for share in sums.items)
    assert sums.tax.minor == sum(share.tax.minor for share in sums.items)
    assert sums.tax.minor == sum(line.amount.minor for line in sums.tax_lines)
    assert sums.included_tax.minor == sum(line.amount.minor for line in sums.tax_lines if line.is_included)
    assert sums.total == sums.subtotal - sums.discount + sums.shipping + sums.tax - sums.included_tax
    assert 0 <= sums.discount.minor <= sums.subtotal.minor
    assert sums.total.minor >= 0


def test_the_order_of_lines_does_not_decide_who_carries_a_cent_of_the_delivery():
    """Of 0.05 one line carries 0.03, the other 0.02: the tax on them is 0.01 or nothing."""
    taxed, untaxed = rules.Item(Money(1000, "USD")), rules.Item(Money(1000, "USD"), "zero")
    rate = Rate("A", Decimal("0.2"), applies_to_shipping=True)
    there, back = (
        rules.totals(lines, shipping=Money(5, "USD"), rates=[rate], currency="USD")
        for lines in ([taxed, untaxed], [untaxed, taxed])
    )
    assert (there.total, there.tax_lines) == (back.total, back.tax_lines)
    assert there.items == back.items[::-1]


def test_an_order_by_hand():
    sums = rules.totals(
        [
            rules.Item(Money(1999, "USD"), discount=Money(200, "USD")),
            rules.Item(Money(500, "USD"), discount=Money(50, "USD")),
        ],
        shipping=Money(599, "USD"),
        rates=[Rate("NY", Decimal("0.08875"))],
        currency="USD",
    )
    # taxed 1799 → 159.66 → 160 and 450 → 39.94 → 40
    assert [share.discount.minor for share in sums.items] == [200, 50]
    assert [share.tax.minor for share in sums.items] == [160, 40]
    assert sums.total == Money(1999 + 500 - 250 + 599 + 200, "USD")


def test_included_tax_is_part_of_the_price():
    sums = rules.totals(
        [rules.Item(Money(11900, "EUR"))],
        shipping=Money(0, "EUR"),
        rates=[Rate("VAT", Decimal("0.19"), is_included=True)],
        currency="EUR",
    )
    assert (sums.tax.minor, sums.included_tax.minor, sums.total.minor) == (1900, 1900, 11900)
