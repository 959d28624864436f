"""The base of admin pages that only show."""

from __future__ import annotations

from django.db.models import Model, ProtectedError
from django.db.models.deletion import Collector
from django.http import HttpRequest
from unfold.admin import ModelAdmin


class ReadOnlyAdmin(ModelAdmin):  # type: ignore[misc]
    """Shows rows that nobody edits here. No full counts: the tables grow without end."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


def is_in_use(row: Model) -> bool:
    """Whether other rows keep this one from being deleted."""
    try:
        Collector(using=row._state.db or "default").collect([row])
    except ProtectedError:
        return True
    return False
