"""The ledger in the admin: to look at, by order, by account, and each account's balance."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from checkout.ledger import selectors
from checkout.ledger.models import LedgerEntry
from shop.core.admin import ReadOnlyAdmin


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "debit", "credit", "amount_text", "is_reversal", "order_id"]
    list_filter = ["currency", "is_reversal", "debit"]
    search_fields = ["=order_id", "=payment_id", "debit", "credit"]
    ordering = ["-id"]
    list_before_template = "admin/checkout/ledger_balances.html"

    @display(description=gettext_lazy("amount"), ordering="amount_minor")
    def amount_text(self, entry: LedgerEntry) -> str:
        return entry.amount.format()

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, with the balances above it."""
        context = {**(extra_context or {}), "balances": selectors.balances()}
        return super().changelist_view(request, context)
