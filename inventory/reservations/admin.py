"""Reservations in the admin, to look at. They know an id alone: whose it is, who keeps orders answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import CharField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from inventory.reservations.models import Reservation
from inventory.stock.models import StockItem
from shop.core import actors
from shop.core.admin import ReadOnlyAdmin, as_id
from shop.core.links import Link, links, references


@admin.register(Reservation)
class ReservationAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "held_for", "sku", "quantity", "status", "expires_at", "ended_at", "who"]
    list_display_links = ["created_at"]
    exclude = ["actor"]
    readonly_fields = ["held_for", "who"]
    list_filter = ["status"]
    search_fields = ["reference"]
    search_help_text = _("The beginning of an order's number or e-mail address, or a whole reference")
    ordering = ["-id"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Reservation]:
        skus = StockItem.objects.filter(pk=OuterRef("stock_item_id")).values("sku")
        return super().get_queryset(request).annotate(item_sku=Subquery(skus, output_field=CharField()))

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """With the names of those who are on this page and the orders that they are of, each kind by one query."""
        found = super().get_changelist_instance(request)
        names, orders = actors.names(row.actor for row in found.result_list), _orders(found.result_list)
        for row in found.result_list:
            row.who, row.order_link = names[row.actor], orders.get(row.pk)
        return found

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Reservation], search_term: str
    ) -> tuple[QuerySet[Reservation], bool]:
        term = search_term.strip()
        key = as_id(term)
        if term:
            queryset = queryset.filter(reference__in=[key] if key else references(term))
        return queryset, False

    @display(description=_("held for"))
    def held_for(self, reservation: Reservation) -> str:
        """The order, if there is one by now: units are held before it is placed, and for those in a line."""
        row: Any = reservation
        link = row.order_link if hasattr(row, "order_link") else _orders([reservation]).get(reservation.pk)
        return link.html if link else str(reservation.reference)

    @display(description=_("by"))
    def who(self, reservation: Reservation) -> str:
        found = getattr(reservation, "who", None) or actors.names([reservation.actor])[reservation.actor]
        return str(found)

    @display(description="SKU")
    def sku(self, reservation: Reservation) -> str:
        return str(reservation.item_sku or "")  # type: ignore[attr-defined]  # annotated


def _orders(rows: Iterable[Reservation]) -> dict[UUID, Link]:
    """The order of each reservation that is known to be of one, itself or by a change of it."""
    named = {row.pk: (f"order:{row.sold_to}", f"order:{row.reference}", f"change:{row.reference}") for row in rows}
    found = links(one for known in named.values() for one in known)
    meant = {key: next((found[one] for one in known if one in found), None) for key, known in named.items()}
    return {key: link for key, link in meant.items() if link}
