"""The ledger in the admin: to look at, by order, by account, and each account's balance."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from checkout.ledger import selectors
from checkout.ledger.models import LedgerEntry
from shop.core import links
from shop.core.admin import ReadOnlyAdmin
from shop.core.links import Link


class NamedList(ChangeList):
    """A page of entries, each with the link of its order (`shop.core.links`): one query for all of them."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        rows = list(self.result_list)
        found = links.links(f"order:{row.order_id}" for row in rows if row.order_id)
        for row in rows:
            row.order_link = found.get(f"order:{row.order_id}")
        self.result_list = rows


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "debit", "credit", "amount_text", "is_reversal", "order"]
    list_filter = ["currency", "is_reversal", "debit"]
    search_fields = ["=order_id", "=payment_id", "debit", "credit"]
    ordering = ["-id"]
    list_before_template = "admin/checkout/ledger_balances.html"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return NamedList

    @display(description=gettext_lazy("order"))
    def order(self, entry: LedgerEntry) -> str:
        link: Link | None = getattr(entry, "order_link", None)
        return link.html if link else ""

    @display(description=gettext_lazy("amount"), ordering="amount_minor")
    def amount_text(self, entry: LedgerEntry) -> str:
        return entry.amount.format()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with the balances above it."""
        context = {**(extra_context or {}), "balances": selectors.balances()}
        return super().changelist_view(request, context)
