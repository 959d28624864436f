"""Reservations in the admin, to look at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from inventory.reservations.models import Reservation
from inventory.stock.models import StockItem
from shop.core import actors
from shop.core.admin import ReadOnlyAdmin


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    list_display = ["reference", "sku", "quantity", "status", "expires_at", "ended_at", "who"]
    exclude = ["actor"]
    readonly_fields = ["who"]
    list_filter = ["status"]
    search_fields = ["=reference"]
    ordering = ["-id"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reservation]:
        skus = StockItem.objects.filter(pk=OuterRef("stock_item_id")).values("sku")
        return super().get_queryset(request).annotate(item_sku=Subquery(skus, output_field=CharField()))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With the names of those who are on this page, by one query."""
        found = super().get_changelist_instance(request)
        names = actors.names(row.actor for row in found.result_list)
        for row in found.result_list:
            row.who = names[row.actor]
        return found

    @display(description=_("by"))
    def who(self, reservation: Reservation) -> str:
        found = getattr(reservation, "who", None) or actors.names([reservation.actor])[reservation.actor]
        return str(found)

    @display(description="SKU")
    def sku(self, reservation: Reservation) -> str:
        return str(reservation.item_sku or "")  # type: ignore[attr-defined]  # annotated
