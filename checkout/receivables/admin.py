"""What customers still have to pay, and what is overdue: to look at. Receipts are recorded on the order's page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy
from unfold.admin import TabularInline
from unfold.decorators import display

from checkout.receivables import selectors
from checkout.receivables.models import Receivable, ReceivableEntry
from shop.core import actors, db
from shop.core.admin import KeysetAdmin, KeysetList, PeriodFilter, ValueFilter


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


class CurrencyFilter(ValueFilter):
    title = gettext_lazy("currency")
    parameter_name = "currency"


class WaitingFirst(KeysetList):
    """Newest first; of what is still to come the oldest promise, unless asked otherwise."""

    def is_ascending(self) -> bool:
        return super().is_ascending() if self.params.get(ORDER_VAR) else "standing" in self.filter_params

    def get_results(self, request: HttpRequest) -> None:
        """With which of them are late, by the clock asked once."""
        super().get_results(request)
        today = db.clock().date()
        for one in self.result_list:
            one.is_late = bool(one.open) and one.due_on < today


class EntryInline(TabularInline):  # type: ignore[misc]
    model = ReceivableEntry
    fields = readonly_fields = ["at", "kind", "amount_minor", "key", "who"]
    extra = 0
    can_delete = False
    _names: dict[str, str] | None = None

    @display(description=gettext_lazy("by"))
    def who(self, entry: ReceivableEntry) -> str:
        if self._names is None:  # an inline lives as long as its request: one query for all of its people
            self._names = actors.names(entry.receivable.entries.values_list("actor", flat=True))
        return self._names[entry.actor]

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Receivable)
class ReceivableAdmin(KeysetAdmin):
    list_display = ["order_link", "created_at", "amount_text", "open_text", "due_on", "is_overdue", "reminded_at"]
    list_display_links = ["amount_text"]
    list_filter = [StandingFilter, CurrencyFilter, PeriodFilter]
    sortable_by = ["created_at"]
    search_fields = ["order_number"]
    search_help_text = gettext_lazy("The beginning of an order number, ORD-…")
    inlines = [EntryInline]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[KeysetList]:
        return WaitingFirst

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        return queryset.filter(order_number__startswith=term.upper())

    @display(description=gettext_lazy("order"))
    def order_link(self, one: Receivable) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:checkout_order_change", args=[one.order_id]), one.order_number
        )

    @display(description=gettext_lazy("amount"))
    def amount_text(self, one: Receivable) -> str:
        return one.amount.format()

    @display(description=gettext_lazy("to come"))
    def open_text(self, one: Receivable) -> str:
        return one.open.format()

    @display(description=gettext_lazy("overdue"), boolean=True)
    def is_overdue(self, one: Receivable) -> bool:
        return bool(one.is_late)  # type: ignore[attr-defined]  # told with its page
