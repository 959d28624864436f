"""Table of contents of the cart's tables; nobody imports through it."""

from cart.carts.models import Cart, CartLine
from cart.promotions.models import CodeBatch, Coupon, CustomerUse, Promotion, Redemption
from cart.shipping.models import Holiday, ShippingMethod, ShippingPoint, ShippingRate, ShippingZone
from cart.tax.models import TaxConfiguration, TaxExemption, TaxRate, VatCheck

__all__ = [
    "Cart", "CartLine", "CodeBatch", "Coupon", "CustomerUse", "Holiday", "Promotion", "Redemption",
    "ShippingMethod", "ShippingPoint", "ShippingRate", "ShippingZone", "TaxConfiguration", "TaxExemption",
    "TaxRate", "VatCheck",
]  # fmt: skip
