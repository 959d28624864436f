"""Table of contents of the cart's tables; nobody imports through it."""

from cart.carts.models import Cart, CartLine
from cart.pricing.models import ShippingMethod, TaxRate
from cart.promotions.models import Coupon, Redemption

__all__ = ["Cart", "CartLine", "Coupon", "Redemption", "ShippingMethod", "TaxRate"]
