"""Shipments in the admin: to look at. They move on the order's page."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from checkout.fulfilment.models import Shipment
from checkout.orders.transitions import FULFIL
from shop.core.admin import KeysetAdmin, PeriodFilter


@admin.register(Shipment)
class ShipmentAdmin(KeysetAdmin):
    list_display = ["number", "order", "status", "carrier", "tracking_number", "created_at", "shipped_at"]
    sortable_by = ["created_at"]
    list_filter = ["status", PeriodFilter]
    list_select_related = ["order"]
    search_fields = ["number", "tracking_number"]
    search_help_text = gettext_lazy("The beginning of an order's or parcel's number, or a tracking number")
    actions = ["print_papers", "start_wave"]

    def has_fulfil_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(FULFIL))

    @admin.action(description=gettext_lazy("Print slips and labels"), permissions=["fulfil"])
    def print_papers(self, request: HttpRequest, queryset: QuerySet[Shipment]) -> HttpResponse:
        return _sent_on("admin:checkout_printjob_add")

    @admin.action(description=gettext_lazy("Make a wave of these"), permissions=["fulfil"])
    def start_wave(self, request: HttpRequest, queryset: QuerySet[Shipment]) -> HttpResponse:
        return _sent_on("admin:checkout_pickwave_add")

    def find(self, request: HttpRequest, queryset: QuerySet[Shipment], term: str) -> QuerySet[Shipment]:
        if term.upper().startswith("ORD-"):
            return queryset.filter(number__startswith=term.upper())
        return queryset.filter(tracking_number=term).exclude(tracking_number="")


def _sent_on(page: str) -> HttpResponse:
    """The same post, with the ticked rows, to a page of the warehouse, which is above fulfilment."""
    return HttpResponse(status=307, headers={"Location": reverse(page)})
