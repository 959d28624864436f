"""The merchant's list of orders: by key, with the filters and searches that stay fast at a million orders."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from checkout.archive import selectors as archive
from checkout.desk import screen
from checkout.fulfilment import selectors as fulfilment
from checkout.orders import selectors
from checkout.orders.models import TO_GIVE_BACK, TO_PAY, Order
from shop.core.admin import KeysetAdmin, PeriodFilter


class BalanceFilter(admin.SimpleListFilter):
    """Orders with a balance that is not nought. Those that wait for their first payment have a status of their own."""

    title = _("balance")
    parameter_name = "balance"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("due", _("To be paid")), ("owed", _("To be given back"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Order]) -> QuerySet[Order]:
        wanted = {"due": TO_PAY, "owed": TO_GIVE_BACK}.get(str(self.value()))
        return queryset.filter(wanted) if wanted is not None else queryset


class OrderList(KeysetAdmin):
    """What `OrderAdmin` shows as a list. Archived orders that a search means are told above it."""

    list_display = ["number", "placed_at", "email", "total_text", "status_badge", "progress"]
    list_display_links = ["number"]
    sortable_by = ["placed_at"]
    list_filter = ["status", "payment_state", "fulfilment_state", BalanceFilter, PeriodFilter]
    search_fields = ["number", "email"]
    search_help_text = _("Number, e-mail, name or tracking number")  # or how one of them begins: more is not seen
    list_before_template = "admin/checkout/order/archived_found.html"

    @display(description=_("total"))
    def total_text(self, order: Order) -> str:
        return order.total.format()

    @display(description=_("status"), label=screen.TONES)
    def status_badge(self, order: Order) -> tuple[str, str]:
        return order.status, str(order.get_status_display())

    @display(description=_("payment, parcels"))
    def progress(self, order: Order) -> str:
        """In one column, one below the other: with two the rows would not fit beside the admin's menu."""
        return format_html("{}<br>{}", order.get_payment_state_display(), order.get_fulfilment_state_display())

    def get_queryset(self, request: HttpRequest) -> QuerySet[Order]:
        heavy = ("shipping_address", "billing_address", "tax_lines", "discount_lines", "promotions_tried")
        return super().get_queryset(request).defer(*heavy)

    def find(self, request: HttpRequest, queryset: QuerySet[Order], term: str) -> QuerySet[Order]:
        parcels = fulfilment.orders_by_tracking(term)
        return queryset.filter(pk__in=parcels) if parcels else selectors.searched(queryset, term)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        found = archive.found(request.GET.get("q", "")[:100])
        return super().changelist_view(request, {**(extra_context or {}), "archived_found": found})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """For an order that is not live: to its archived page, or what there is to say of none."""
        where = archive.links([object_id]).get(object_id)
        here = reverse("admin:checkout_order_change", args=[object_id])
        if where is not None and where.url != here and self.has_view_permission(request):
            return HttpResponseRedirect(where.url)
        return super().change_view(request, object_id, form_url, extra_context)
