"""Whose cart a request speaks of: a guest's by cookie or `X-Cart-Token`, a customer's by who is signed in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from cart.carts import rules
from shop.core import origins

COOKIE = "cart"
HEADER = "X-Cart-Token"
_TOKEN_LENGTH = 64
_SPENT = "holdfast_cart_spent"


def token_of(request: HttpRequest) -> str:
    """The token that the request carries (header before cookie); empty when none, or none that can be one."""
    token = request.headers.get(HEADER) or request.COOKIES.get(COOKIE) or ""
    return token if 20 <= len(token) <= _TOKEN_LENGTH and token.isascii() else ""


def remember(response: HttpResponseBase, *, token: str) -> None:
    """Give the browser the guest's cart for another seven days; scripts cannot read it."""
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(rules.GUEST_LIFE.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )


def spend(request: HttpRequest) -> None:
    """Somebody is signed in and what the guest had is theirs now: the answer is to take the cookie back."""
    setattr(getattr(request, "_request", request), _SPENT, True)  # the API's request wraps the one the middleware has


def take_back(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware: take a spent cookie out of the browser, whichever page or call spent it. Looks nothing up."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if COOKIE in request.COOKIES and getattr(request, _SPENT, False):
            response.delete_cookie(COOKIE, samesite="Lax")
        return response

    return middleware


class OwnCart(BasePermission):
    """API calls on one's own cart: anybody, but what a browser sends by itself needs proof that our page sent it.

    Bearer tokens and `X-Cart-Token` are never sent by a browser on its own, so they need no CSRF token. Calls that
    carry the shop's cookies do; calls with neither are refused when a foreign page made them.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.method in SAFE_METHODS:
            return True
        if request.auth is not None or request.headers.get(HEADER):
            return True
        if request.user.is_authenticated:
            return True  # by session: SessionAuthentication has checked the CSRF token already
        if COOKIE in request.COOKIES or settings.SESSION_COOKIE_NAME in request.COOKIES:
            SessionAuthentication().enforce_csrf(request)  # raises PermissionDenied
            return True
        if origins.is_foreign(cast(HttpRequest, request)):
            raise PermissionDenied(_("This call comes from another site."))
        return True
