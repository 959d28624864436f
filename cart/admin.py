"""Table of contents of the cart's admin pages; nobody imports through it."""

from cart.carts.admin import CartAdmin
from cart.promotions.admin import CodeBatchAdmin, CouponAdmin, PromotionAdmin, RedemptionAdmin
from cart.shipping.admin import ShippingMethodAdmin
from cart.tax.admin import TaxConfigurationAdmin, TaxExemptionAdmin, TaxRateAdmin, VatCheckAdmin

__all__ = [
    "CartAdmin", "CodeBatchAdmin", "CouponAdmin", "PromotionAdmin", "RedemptionAdmin", "ShippingMethodAdmin",
    "TaxConfigurationAdmin", "TaxExemptionAdmin", "TaxRateAdmin", "VatCheckAdmin",
]  # fmt: skip
