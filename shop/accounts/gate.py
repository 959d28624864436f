"""The door of the admin: allauth's sign-in with its limits, and a second factor for all staff."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
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


def _lacks_factor(request: HttpRequest) -> bool:
    return settings.STAFF_MFA_REQUIRED and not selectors.has_second_factor(request.user)  # type: ignore[arg-type]
