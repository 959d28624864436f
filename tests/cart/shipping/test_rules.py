"""What a delivery costs, and when it comes."""

from datetime import date

from cart.shipping import rules
from shop.core.money import Money


def test_delivery_is_free_from_its_sum():
    price, free = Money(599, "USD"), Money(5000, "USD")
    assert rules.shipping_price(price=price, free_from=free, subtotal=Money(4999, "USD")) == price
    assert rules.shipping_price(price=price, free_from=free, subtotal=free) == Money(0, "USD")
    assert rules.shipping_price(price=price, free_from=None, subtotal=free) == price


def test_arrival_skips_weekends():
    friday = date(2026, 11, 20)
    assert rules.arrival(friday, 1) == date(2026, 11, 23)
    assert rules.arrival(friday, 5) == date(2026, 11, 27)
    assert rules.arrival(friday, 0) == friday
