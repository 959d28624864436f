"""Table of contents of the cart's admin pages; nobody imports through it."""

from cart.carts.admin import CartAdmin
from cart.promotions.admin import CodeBatchAdmin, CouponAdmin, PromotionAdmin, RedemptionAdmin
from cart.shipping.admin import HolidayAdmin, ShippingMethodAdmin, ShippingPointAdmin, ShippingZoneAdmin
from cart.tax.admin import TaxConfigurationAdmin, TaxExemptionAdmin, TaxRateAdmin, VatCheckAdmin

__all__ = [
    "CartAdmin", "CodeBatchAdmin", "CouponAdmin", "HolidayAdmin", "PromotionAdmin", "RedemptionAdmin",
    "ShippingMethodAdmin", "ShippingPointAdmin", "ShippingZoneAdmin", "TaxConfigurationAdmin", "TaxExemptionAdmin",
    "TaxRateAdmin", "VatCheckAdmin",
]  # fmt: skip
