"""Shipments in the admin: to look at. They move on the order's page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.decorators import display

from checkout.fulfilment.models import ForgottenLabel, Shipment
from checkout.orders.transitions import FULFIL
from shop.core.admin import KeysetAdmin, PeriodFilter


class ForgottenLabelInline(TabularInline):  # type: ignore[misc]
    """Labels that it had, and what became of them at their carriers."""

    model = ForgottenLabel
    fields = readonly_fields = ["carrier_code", "tracking_number", "status", "said", "asked_at", "ended_at"]
    can_delete = False
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("checkout.view_shipment"))


@admin.register(Shipment)
class ShipmentAdmin(KeysetAdmin):
    class Media:
        css = {"all": ["css/admin-order.css"]}

    list_display = ["number", "status", "carrier", "tracking_number", "created_at", "shipped_at"]
    sortable_by = ["created_at"]
    list_filter = ["status", PeriodFilter]
    search_fields = ["number", "tracking_number"]
    search_help_text = gettext_lazy("The beginning of an order's or parcel's number, or a tracking number")
    fields = [
        "number", "order", "status", "is_waiting", "problem", "carrier", "service", "tracking_number", "tracking_url",
        "barcode", "weight_grams", "created_at", "picked_at", "packed_at", "shipped_at", "delivered_at",
    ]  # fmt: skip
    actions = ["print_papers", "start_wave"]
    inlines = [ForgottenLabelInline]

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


@admin.register(ForgottenLabel)
class ForgottenLabelAdmin(KeysetAdmin):
    """Labels that no parcel leaves with any more; those that a carrier did not take back, and why."""

    list_display = ["tracking_number", "parcel", "carrier_code", "state", "said", "asked_at", "ended_at"]
    sortable_by = ["asked_at"]
    list_filter = ["status", PeriodFilter]
    list_select_related = ["shipment"]
    search_fields = ["tracking_number", "shipment__number"]
    search_help_text = gettext_lazy("A tracking number, or the beginning of an order's or parcel's number")
    fields = [
        "tracking_number", "barcode", "reference", "carrier_code", "parcel", "state", "said", "asked_at", "ended_at",
    ]  # fmt: skip

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("checkout.view_shipment"))

    @display(description=gettext_lazy("parcel"))
    def parcel(self, label: ForgottenLabel) -> SafeString:
        url = reverse("admin:checkout_shipment_change", args=[label.shipment_id])
        return format_html('<a href="{}">{}</a>', url, label.shipment.number)

    @display(description=gettext_lazy("status"), label={"asked": "warning", "voided": "success", "kept": "danger"})
    def state(self, label: ForgottenLabel) -> tuple[str, str]:
        return label.status, str(label.get_status_display())

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        if term.upper().startswith("ORD-"):
            return queryset.filter(shipment__number__startswith=term.upper())
        return queryset.filter(tracking_number=term)


def _sent_on(page: str) -> HttpResponse:
    """The same post, with the ticked rows, to a page of the warehouse, which is above fulfilment."""
    return HttpResponse(status=307, headers={"Location": reverse(page)})
