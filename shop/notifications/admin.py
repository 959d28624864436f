"""E-mails in the admin: what was sent to whom, and what is stuck."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display

from shop.core import requests
from shop.core.admin import PeriodFilter
from shop.notifications import labels, services
from shop.notifications.models import Notification
from shop.notifications.previews import PreviewPages


class LabelFilter(admin.SimpleListFilter):
    """By what the e-mail is called; nobody asks the table which ones it has."""

    title = _("e-mail")
    parameter_name = "template"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(labels.choices())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Notification]) -> QuerySet[Notification]:
        return queryset.filter(template=self.value()) if self.value() else queryset


@admin.register(Notification)
class NotificationAdmin(PreviewPages):
    """Without what the mail says: links in it let whoever has them choose a new password or see an order."""

    fields = [
        "label", "subject", "recipient", "language", "status", "failed_attempts", "last_error", "created_at",
        "sent_at", "key",
    ]  # fmt: skip
    list_display = ["label", "recipient", "status", "failed_attempts", "created_at", "sent_at"]
    list_filter = ["status", LabelFilter, PeriodFilter]
    sortable_by = ["created_at"]
    search_fields = ["recipient", "key"]
    search_help_text = _("A whole e-mail address, or what the e-mail is known by, such as order_paid:…")
    actions = ["send_again"]
    actions_list = ["templates"]

    def has_again_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("shop.change_notification"))

    def find(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> QuerySet[Any]:
        return queryset.filter(key=term) if ":" in term else queryset.filter(recipient__iexact=term)

    @display(description=_("e-mail"))
    def label(self, mail: Notification) -> str:
        return labels.label(mail.template)

    @display(description=_("failed attempts"), empty_value="")
    def failed_attempts(self, mail: Notification) -> int | None:
        """Nothing for a mail that went out at once: `attempts` counts those that came to nothing."""
        return mail.attempts or None

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
