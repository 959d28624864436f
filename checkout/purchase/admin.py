"""The waiting line of the checkout in the admin: to be looked at."""

from __future__ import annotations

from django.contrib import admin

from checkout.purchase.models import QueuedOrder
from shop.core.admin import ReadOnlyAdmin


@admin.register(QueuedOrder)
class QueuedOrderAdmin(ReadOnlyAdmin):
    list_display = ["number", "status", "joined_at", "started_at", "ended_at", "code", "attempts"]
    list_filter = ["status", "code"]
    ordering = ["-number"]
    show_full_result_count = False
    exclude = ["wish", "token", "key"]  # what a shopper entered, and the secret of the shopper's page
