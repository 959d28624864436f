"""Shipments in the admin: to look at. They move on the order's page."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from checkout.fulfilment.models import Shipment
from shop.core.admin import KeysetAdmin, PeriodFilter


@admin.register(Shipment)
class ShipmentAdmin(KeysetAdmin):
    list_display = ["number", "order", "status", "carrier", "tracking_number", "created_at", "shipped_at"]
    sortable_by = ["created_at"]
    list_filter = ["status", PeriodFilter]
    list_select_related = ["order"]
    search_fields = ["number", "tracking_number"]
    search_help_text = gettext_lazy("The beginning of an order's or parcel's number, or a tracking number")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Shipment], search_term: str
    ) -> tuple[QuerySet[Shipment], bool]:
        term = search_term.strip()
        tracked = queryset.filter(tracking_number=term).exclude(tracking_number="")
        is_number = term.upper().startswith("ORD-")
        return (queryset.filter(number__startswith=term.upper()) if is_number else tracked), False
