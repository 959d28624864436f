"""The ways of delivery in the admin."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

from cart.shipping.models import ShippingMethod


@admin.register(ShippingMethod)
class ShippingMethodAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["name", "code", "currency", "price_minor", "free_from_minor", "min_days", "max_days", "is_active"]
    list_filter = ["is_active", "currency"]
