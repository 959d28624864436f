"""Coupons in the admin."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

from cart.promotions.models import Coupon, Redemption
from shop.core.admin import ReadOnlyAdmin


@admin.register(Coupon)
class CouponAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["code", "name", "kind", "percent", "amount_minor", "currency", "used", "usage_limit", "is_active"]
    list_filter = ["is_active", "kind"]
    search_fields = ["code", "name"]
    readonly_fields = ["used"]


@admin.register(Redemption)
class RedemptionAdmin(ReadOnlyAdmin):
    list_display = ["coupon", "order_id", "amount_minor", "redeemed_at", "returned_at"]
    list_select_related = ["coupon"]
    search_fields = ["=order_id"]
