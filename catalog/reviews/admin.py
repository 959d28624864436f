"""Moderation of reviews."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from unfold.decorators import action, display

from catalog.reviews import services
from catalog.reviews.models import Review
from shop.core import requests
from shop.core.admin import ReadOnlyAdmin


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin):  # type: ignore[misc]
    """Reviews are not edited: they are published or rejected."""

    list_display = ["product", "rating", "title", "author", "is_verified", "status_shown", "created_at"]
    list_filter = ["status", "rating", "is_verified"]
    list_select_related = ["product"]
    search_fields = ["title", "body", "author"]
    ordering = ["-id"]
    actions = ["publish", "reject"]

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("catalog.change_review"))

    @display(description=_lazy("status"), label={"published": "success", "pending": "warning", "rejected": "danger"})
    def status_shown(self, review: Review) -> tuple[str, str]:
        return review.status, review.get_status_display()

    @action(description=_lazy("Publish"), permissions=["moderate"])
    def publish(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        self._each(request, queryset, services.publish)

    @action(description=_lazy("Reject"), permissions=["moderate"])
    def reject(self, request: HttpRequest, queryset: QuerySet[Review]) -> None:
        self._each(request, queryset, services.reject)

    def _each(self, request: HttpRequest, queryset: QuerySet[Review], moderate: Any) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        for review_id in ids:
            moderate(review_id=review_id, by=requests.actor(request))
        text = ngettext("%(count)d review moderated.", "%(count)d reviews moderated.", len(ids)) % {"count": len(ids)}
        messages.success(request, text)
