"""Table of contents of the cart's admin pages; nobody imports through it."""

from cart.carts.admin import CartAdmin
from cart.pricing.admin import ShippingMethodAdmin, TaxRateAdmin
from cart.promotions.admin import CodeBatchAdmin, CouponAdmin, PromotionAdmin, RedemptionAdmin

__all__ = [
    "CartAdmin", "CodeBatchAdmin", "CouponAdmin", "PromotionAdmin", "RedemptionAdmin", "ShippingMethodAdmin",
    "TaxRateAdmin",
]  # fmt: skip
