"""E-mails in the admin: what was sent to whom, and what is stuck."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from shop.core import requests
from shop.core.admin import ReadOnlyAdmin
from shop.notifications import services
from shop.notifications.models import Notification


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ["template", "recipient", "status", "attempts", "created_at", "sent_at"]
    list_filter = ["status", "template"]
    search_fields = ["=recipient", "=key"]
    ordering = ["-id"]
    actions = ["send_again"]

    @admin.action(description=_("Send what is stuck or failed again"), permissions=["view"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        count = services.send_again(notification_ids=ids, by=requests.actor(request))
        text = ngettext("%(count)s e-mail is queued again.", "%(count)s e-mails are queued again.", count)
        messages.success(request, text % {"count": count})
