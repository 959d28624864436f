"""Events and dead letters in the admin."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from shop.core import db, requests
from shop.core.admin import ReadOnlyAdmin
from shop.events import services
from shop.events.models import Delivery, OutboxEvent


@admin.register(OutboxEvent)
class OutboxEventAdmin(ReadOnlyAdmin):
    list_display = ["event_type", "aggregate_type", "aggregate_id", "occurred_at"]
    list_filter = ["event_type"]
    search_fields = ["=aggregate_id"]
    ordering = ["-id"]


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """Dead letters are the ones with status "dead"; replay them once their cause is mended."""

    list_display = ["event_type", "subscriber", "aggregate_id", "status", "attempts", "due_at", "last_error"]
    list_filter = ["status", "subscriber"]
    search_fields = ["=aggregate_id"]
    ordering = ["-id"]
    actions = ["replay"]

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("shop.change_delivery"))

    @admin.action(description=_lazy("Replay dead deliveries"), permissions=["replay"])
    def replay(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        count = sum(
            services.replay(delivery_ids=ids, by=requests.actor(request), using=alias) for alias in db.databases()
        )
        if count:
            text = ngettext(
                "%(count)s delivery is on its way again.", "%(count)s deliveries are on their way again.", count
            )
            messages.success(request, text % {"count": count})
        else:
            messages.warning(request, _("None of these deliveries is dead."))
