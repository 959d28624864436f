"""Reconciliations and their differences in the admin: to look at."""

from __future__ import annotations

from django.contrib import admin

from checkout.reconciliation.models import Difference, Reconciliation
from shop.core.admin import ReadOnlyAdmin


@admin.register(Reconciliation)
class ReconciliationAdmin(ReadOnlyAdmin):
    list_display = ["made_at", "provider", "since", "until", "status", "compared", "problem"]
    list_filter = ["status", "provider"]
    ordering = ["-id"]


@admin.register(Difference)
class DifferenceAdmin(ReadOnlyAdmin):
    list_display = ["reference", "kind", "ours", "theirs", "order_id", "reconciliation"]
    list_filter = ["kind", "reconciliation__provider"]
    list_select_related = ["reconciliation"]
    search_fields = ["=reference", "=order_id"]
    ordering = ["-id"]
