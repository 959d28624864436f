"""The audit log in the admin."""

from __future__ import annotations

from django.contrib import admin

from shop.audit.models import AuditEntry
from shop.core.admin import ReadOnlyAdmin


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "action", "actor", "object_type", "object_id"]
    list_filter = ["object_type"]
    search_fields = ["=object_id", "=actor"]
    ordering = ["-id"]
