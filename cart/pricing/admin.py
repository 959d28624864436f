"""Tax rates and delivery methods in the admin."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

from cart.pricing.models import ShippingMethod, TaxRate


@admin.register(TaxRate)
class TaxRateAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["name", "country", "state", "tax_class", "rate", "is_included", "valid_from", "valid_until"]
    list_filter = ["country", "tax_class"]
    search_fields = ["name", "state"]


@admin.register(ShippingMethod)
class ShippingMethodAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["name", "code", "currency", "price_minor", "free_from_minor", "min_days", "max_days", "is_active"]
    list_filter = ["is_active", "currency"]
