"""The audit log in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from shop.audit.models import AuditEntry
from shop.core import actors, keyset
from shop.core.admin import NamedAdmin, PeriodFilter, ValueFilter


class ObjectFilter(ValueFilter):
    title = _("object type")
    parameter_name = "object_type"


@admin.register(AuditEntry)
class AuditEntryAdmin(NamedAdmin):
    list_display = ["at", "action", "who", "object_type", "object_id"]
    fields = ["at", "action", "who", "actor", "object_type", "object_id", "changes", "request_id"]
    list_filter = [ObjectFilter, PeriodFilter]
    sortable_by = ["at"]
    search_fields = ["object_id", "actor"]
    search_help_text = _(
        "The whole id of an object, or who did it: a whole e-mail address, or an actor such as staff:…"
    )

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """An actor is known by the colon or by a name of its own; an object's index begins with its type."""
        if "@" in term:
            return queryset.filter(actor=actors.of_email(term) or "")
        if ":" in term or term in ("guest", "system"):
            return queryset.filter(actor=term)
        types = keyset.values(AuditEntry, "object_type", queryset.db)
        return queryset.filter(object_type__in=types, object_id=term)
