"""E-mails in the admin: what was sent to whom, and what is stuck."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action

from shop.core import requests
from shop.notifications import services
from shop.notifications.models import Notification
from shop.notifications.previews import PreviewPages


@admin.register(Notification)
class NotificationAdmin(PreviewPages):
    """Without what the mail says: links in it let whoever has them choose a new password or see an order."""

    exclude = ["context"]
    list_display = ["template", "recipient", "status", "attempts", "created_at", "sent_at"]
    list_filter = ["status", "template"]
    search_fields = ["=recipient", "=key"]
    ordering = ["-id"]
    actions = ["send_again"]
    actions_list = ["templates"]

    def has_again_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("shop.change_notification"))

    @action(description=_("How they look"), url_path="templates", permissions=["view"])
    def templates(self, request: HttpRequest) -> HttpResponse:
        """To the previews."""
        return HttpResponseRedirect(reverse("admin:shop_notification_previews"))

    @admin.action(description=_("Send what is stuck or failed again"), permissions=["again"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        ids = list(queryset.values_list("pk", flat=True))
        count = services.send_again(notification_ids=ids, by=requests.actor(request))
        text = ngettext("%(count)s e-mail is queued again.", "%(count)s e-mails are queued again.", count)
        messages.success(request, text % {"count": count})
