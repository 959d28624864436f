"""What customers still have to pay, and what is overdue: to look at. Receipts are recorded on the order's page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.decorators import display

from checkout.receivables import selectors
from checkout.receivables.models import Receivable, ReceivableEntry
from shop.core import db
from shop.core.admin import ReadOnlyAdmin


class StandingFilter(admin.SimpleListFilter):
    """Open, overdue or settled."""

    title = gettext_lazy("standing")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", gettext_lazy("overdue")), ("open", gettext_lazy("to come"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() == "overdue":
            return queryset.filter(pk__in=selectors.overdue().values("pk"))
        return queryset.filter(pk__in=selectors.still_open().values("pk")) if self.value() == "open" else queryset


class EntryInline(TabularInline):  # type: ignore[misc]
    model = ReceivableEntry
    fields = readonly_fields = ["at", "kind", "amount_minor", "key", "actor"]
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Receivable)
class ReceivableAdmin(ReadOnlyAdmin):
    list_display = ["order_link", "amount_text", "open_text", "due_on", "is_overdue", "reminded_at"]
    list_display_links = ["amount_text"]
    list_filter = [StandingFilter, "currency"]
    search_fields = ["order_number__istartswith"]
    ordering = ["due_on", "id"]
    inlines = [EntryInline]

    @display(description=gettext_lazy("order"), ordering="order_number")
    def order_link(self, one: Receivable) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:checkout_order_change", args=[one.order_id]), one.order_number
        )

    @display(description=gettext_lazy("amount"), ordering="amount_minor")
    def amount_text(self, one: Receivable) -> str:
        return one.amount.format()

    @display(description=gettext_lazy("to come"))
    def open_text(self, one: Receivable) -> str:
        return one.open.format()

    @display(description=gettext_lazy("overdue"), boolean=True)
    def is_overdue(self, one: Receivable) -> bool:
        return bool(one.open) and one.due_on < db.clock().date()
