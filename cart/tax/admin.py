"""Tax rates in the admin."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

from cart.tax.models import TaxRate


@admin.register(TaxRate)
class TaxRateAdmin(ModelAdmin):  # type: ignore[misc]
    list_display = ["name", "country", "state", "tax_class", "rate", "is_included", "valid_from", "valid_until"]
    list_filter = ["country", "tax_class"]
    search_fields = ["name", "state"]
