"""The door of the admin: allauth's sign-in with its limits, and a second factor for all staff."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import messages
from django.contrib.contenttypes.views import shortcut
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext as _
from unfold.sites import UnfoldAdminSite

from shop.accounts import selectors


class StaffSite(UnfoldAdminSite):  # type: ignore[misc]
    """Lets in active staff; unless `STAFF_MFA_REQUIRED` is off, only those with a second factor."""

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(super().has_permission(request)) and not _lacks_factor(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if super().has_permission(request) and _lacks_factor(request):
            messages.warning(request, _("Staff need a second factor to enter the admin. Please set one up."))
            return redirect("mfa_index")
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """The admin's own, but for the way to an object's page, which answers here for keys of every shape."""
        address = "r/<path:content_type_id>/<path:object_id>/"
        return [path(address, self.admin_view(_on_site), name="view_on_site"), *super().get_urls()]


def _on_site(request: HttpRequest, content_type_id: str, object_id: str) -> HttpResponse:
    try:
        return shortcut(request, content_type_id, object_id)
    except ValidationError as error:  # what is no UUID is nobody's key; Django thinks of numbers only
        raise Http404 from error


def _lacks_factor(request: HttpRequest) -> bool:
    return settings.STAFF_MFA_REQUIRED and not selectors.has_second_factor(request.user)  # type: ignore[arg-type]
