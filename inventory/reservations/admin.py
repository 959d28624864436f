"""Reservations in the admin, to look at."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from unfold.decorators import display

from inventory.reservations.models import Reservation
from inventory.stock.models import StockItem
from shop.core.admin import ReadOnlyAdmin


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    list_display = ["reference", "sku", "quantity", "status", "expires_at", "ended_at", "actor"]
    list_filter = ["status"]
    search_fields = ["=reference"]
    ordering = ["-id"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reservation]:
        skus = StockItem.objects.filter(pk=OuterRef("stock_item_id")).values("sku")
        return super().get_queryset(request).annotate(item_sku=Subquery(skus, output_field=CharField()))

    @display(description="SKU")
    def sku(self, reservation: Reservation) -> str:
        return str(reservation.item_sku or "")  # type: ignore[attr-defined]  # annotated
