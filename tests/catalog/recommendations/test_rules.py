import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.recommendations import rules


@pytest.mark.parametrize(("products", "weight"), [(0, 0), (1, 1000), (2, 707), (4, 500), (100, 100)])
def test_large_orders_say_less_of_each_product(products: int, weight: int) -> None:
    assert rules.order_weight(products) == weight


@settings(deadline=None)
@given(st.integers(1, 10_000))
def test_no_order_says_more_than_a_smaller_one(products: int) -> None:
    assert 0 < rules.order_weight(products + 1) <= rules.order_weight(products) <= rules.ORDER
