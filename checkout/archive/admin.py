"""Archived orders in the admin: found by number, e-mail and name, and read as they were."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from checkout.archive import selectors
from checkout.archive.models import ArchivedOrder
from shop.core.admin import KeysetAdmin, PeriodFilter


class ArchivedOrderAdmin(KeysetAdmin):
    """The list. The page of one is the desk's, which knows all that an order consists of."""

    list_display = ["number", "placed_at", "email", "total_text", "status", "archived_at"]
    sortable_by = ["placed_at"]
    list_filter = [PeriodFilter]
    search_fields = ["number", "email"]
    search_help_text = gettext_lazy("A name, or the beginning of an order number or of an e-mail address")

    @display(description=gettext_lazy("total"))
    def total_text(self, order: ArchivedOrder) -> str:
        return order.total.format()

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(request.user.has_perm("checkout.view_order"))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ArchivedOrder]:
        return super().get_queryset(request).defer("content")

    def find(self, request: HttpRequest, queryset: QuerySet[ArchivedOrder], term: str) -> QuerySet[ArchivedOrder]:
        return selectors.searched(queryset, term)
