"""When one tax is the same as another."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from cart.tax.regimes import DELIVERY, Regime, is_same
from cart.tax.rules import How, Level, Rate, Rounding

GST = Rate("GST", Decimal("0.05"))
QST = Rate("QST", Decimal("0.095"), is_compound=True)
BOOKS = Rate("Books", Decimal("0.01"), "books")


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (Regime((GST, QST)), Regime((GST, QST)), True),
        (Regime((GST, QST)), Regime((QST, GST)), False),  # the second is worked out on top of the first
        (Regime((GST,)), Regime((Rate("HST", GST.rate),)), False),  # owed to somebody else
        (Regime((GST, BOOKS)), Regime((GST,)), True),  # no books are bought
        (Regime((GST,)), Regime((GST,), How(Rounding.HALF_EVEN)), False),
        (Regime((GST,)), Regime((GST,), How(level=Level.ORDER)), False),
        (Regime((BOOKS,)), Regime((), How(Rounding.UP)), True),  # nothing is rounded
        (Regime(prices={"standard": Fraction(100, 119)}), Regime(prices={"standard": Fraction(100, 120)}), False),
        (Regime(prices={"standard": Fraction(1)}), Regime(), True),
        (Regime(prices={DELIVERY: Fraction(100, 119)}), Regime(), False),
        (Regime(prices={"books": Fraction(100, 107)}), Regime(), True),
    ],
)
def test_the_same_tax(one: Regime, other: Regime, expected: bool) -> None:
    assert (is_same(one, other, {"standard"}), is_same(other, one, ["standard"])) == (expected, expected)
