"""Shipments in the admin: to look at. They move on the order's page."""

from __future__ import annotations

from django.contrib import admin

from checkout.fulfilment.models import Shipment
from shop.core.admin import ReadOnlyAdmin


@admin.register(Shipment)
class ShipmentAdmin(ReadOnlyAdmin):
    list_display = ["number", "order", "status", "carrier", "tracking_number", "created_at", "shipped_at"]
    list_filter = ["status", "carrier"]
    list_select_related = ["order"]
    search_fields = ["number__istartswith", "=tracking_number"]
    ordering = ["-id"]
