"""Events and dead letters in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from shop.core import db, keyset, requests
from shop.core.admin import KeysetAdmin, PeriodFilter, ValueFilter
from shop.events import services
from shop.events.models import Delivery, OutboxEvent


class EventFilter(ValueFilter):
    title = _lazy("event")
    parameter_name = "event_type"


class SubscriberFilter(ValueFilter):
    title = _lazy("subscriber")
    parameter_name = "subscriber"


def _about(aggregate_id: str, using: str) -> QuerySet[OutboxEvent]:
    """The events of what has this id, of whatever kind it is: the index begins with the kind."""
    kinds = keyset.values(OutboxEvent, "aggregate_type", using)
    return OutboxEvent.objects.using(using).filter(aggregate_type__in=kinds, aggregate_id=aggregate_id)


@admin.register(OutboxEvent)
class OutboxEventAdmin(KeysetAdmin):
    list_display = ["event_type", "aggregate_type", "aggregate_id", "occurred_at"]
    list_filter = [EventFilter, PeriodFilter]
    sortable_by = ["occurred_at"]
    search_fields = ["aggregate_id"]
    search_help_text = _lazy("The whole id of what it is about")

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        return queryset & _about(term, queryset.db)


@admin.register(Delivery)
class DeliveryAdmin(KeysetAdmin):
    """Dead letters are the ones with status "dead"; replay them once their cause is mended."""

    list_display = ["event_type", "subscriber", "aggregate_id", "status", "attempts", "due_at", "last_error"]
    list_filter = ["status", SubscriberFilter, PeriodFilter]
    search_fields = ["aggregate_id"]
    search_help_text = _lazy("The whole id of what it is about")
    actions = ["replay"]

    def has_replay_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("shop.change_delivery"))

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        """Of the events: these are found by what they are about, and deliveries by their event."""
        events = list(_about(term, queryset.db).order_by("-id").values_list("pk", flat=True)[:500])
        return queryset.filter(event_id__in=events)

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
