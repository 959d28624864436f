"""Stock feeds in the admin: who may send what, their secrets (shown once), and what they sent."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from unfold.admin import ModelAdmin
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from inventory.feeds import partners
from inventory.feeds.models import REASON_CHOICES, Feed, FeedMessage
from shop.core import requests
from shop.core.admin import ReadOnlyAdmin


class FeedForm(forms.ModelForm):
    allowed_reasons = forms.MultipleChoiceField(
        label=_lazy("Allowed reasons"), choices=REASON_CHOICES, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = Feed
        fields = ["code", "name", "location", "allowed_reasons", "is_active"]


@admin.register(Feed)
class FeedAdmin(ModelAdmin):
    form = FeedForm
    list_display = ["name", "code", "only_for", "is_active", "last_sequence"]
    search_fields = ["code", "name"]
    actions_detail = ["rotate", "end_overlap", "messages_of"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Feed]:
        return super().get_queryset(request).defer("secret", "previous_secret").select_related("location")

    def get_fields(self, request: HttpRequest, obj: Feed | None = None) -> list[str]:
        found = ["code", "name", "location", "allowed_reasons", "is_active"]
        return [*found, "last_sequence", "previous_until"] if obj else found

    def get_readonly_fields(self, request: HttpRequest, obj: Feed | None = None) -> list[str]:
        return ["code", "last_sequence", "previous_until"] if obj else []

    def changeform_view(
        self, request: Any, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """With one button: after a new feed its secret is shown."""
        buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().changeform_view(request, object_id, form_url, {**(extra_context or {}), **buttons})

    def has_delete_permission(self, request: HttpRequest, obj: Feed | None = None) -> bool:
        return False

    @display(description=_lazy("only for"))
    def only_for(self, feed: Feed) -> str:
        return feed.location.name if feed.location else _("every location")

    def save_model(self, request: Any, obj: Feed, form: Any, change: bool) -> None:
        """Through the services: saving the row would write its counters and secrets back as they were when read."""
        facts = {
            "name": obj.name,
            "location_id": obj.location_id,
            "allowed_reasons": form.cleaned_data["allowed_reasons"],
            "is_active": obj.is_active,
            "by": requests.actor(request),
        }
        if change:
            partners.allow(feed_id=obj.pk, **facts)
        else:
            made, request.feed_secret = partners.register(code=obj.code, **facts)
            obj.pk = made.pk

    def response_add(self, request: Any, obj: Feed, post_url_continue: str | None = None) -> HttpResponse:
        return self._secret(request, obj, request.feed_secret)

    @action(description=_lazy("New secret"), url_path="rotate", permissions=["change"])
    def rotate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks, then shows the new secret once."""
        feed = self._feed(request, object_id)
        if request.method == "POST":
            return self._secret(request, feed, partners.rotate(feed_id=feed.pk, by=requests.actor(request)))
        return self._show(request, "rotate", feed, {"hours": int(partners.OVERLAP.total_seconds() // 3600)})

    @action(description=_lazy("End the last secret now"), url_path="end-overlap", permissions=["change"])
    def end_overlap(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks, then lets only the newest secret sign."""
        feed = self._feed(request, object_id)
        if request.method == "POST":
            partners.end_overlap(feed_id=feed.pk, by=requests.actor(request))
            messages.success(request, _("Only the newest secret is good now."))
            return HttpResponseRedirect(reverse("admin:inventory_feed_change", args=[feed.pk]))
        return self._show(request, "end_overlap", feed, {})

    @action(description=_lazy("Messages"), url_path="messages", permissions=["messages"])
    def messages_of(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('admin:inventory_feedmessage_changelist')}?feed__id__exact={object_id}")

    def has_messages_permission(self, request: HttpRequest, object_id: str | None = None) -> bool:
        return request.user.has_perm("inventory.view_feedmessage")

    def _feed(self, request: HttpRequest, object_id: str) -> Feed:
        feed = self.get_object(request, object_id)
        if feed is None:
            raise Http404
        return feed

    def _secret(self, request: HttpRequest, feed: Feed, secret: str) -> HttpResponse:
        """The answer to the post itself, so that the secret is in no session, message or address."""
        response = self._show(request, "secret", feed, {"secret": secret})
        add_never_cache_headers(response)
        return response

    def _show(self, request: HttpRequest, template: str, feed: Feed, context: dict[str, Any]) -> HttpResponse:
        site = self.admin_site.each_context(request)
        full = {**site, **context, "feed": feed, "title": feed.name, "opts": self.opts}
        return TemplateResponse(request, f"admin/inventory/feed/{template}.html", full)


@admin.register(FeedMessage)
class FeedMessageAdmin(ReadOnlyAdmin):
    list_display = [
        "received_at", "feed", "message_id", "outcome", "sequence", "movements", "units_in", "units_out", "attempts",
    ]  # fmt: skip
    list_filter = ["is_accepted", "feed", "code"]
    list_select_related = ["feed"]
    search_fields = ["=message_id"]
    ordering = ["-id"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[FeedMessage]:
        heavy = ("answer", "feed__secret", "feed__previous_secret")
        return super().get_queryset(request).select_related("feed").defer(*heavy)

    @display(description=_lazy("outcome"), label={"accepted": "success", "refused": "danger"})
    def outcome(self, message: FeedMessage) -> tuple[str, str]:
        return ("accepted", _("accepted")) if message.is_accepted else ("refused", message.code)
