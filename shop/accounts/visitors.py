"""What scripts write into pages that are everybody's, of whom they are shown to: in cookies that scripts can read.

Nothing that matters is read from them: they say what to show, and which pages this visitor cannot share
(`shop.core.pages`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from shop.accounts import selectors
from shop.core import pages
from shop.currencies import selectors as currencies

UNITS = "holdfast_cart_units"  # of a request: units in the visitor's cart, where something has counted them
_COUNT = "cart_count"
_NAME = "customer"  # of who is signed in; "1" where none is known
_Handler = Callable[[HttpRequest], HttpResponseBase]


def tell_scripts(get_response: _Handler) -> _Handler:
    """Middleware: keep these cookies at what is true, with every answer that has looked at it anyway."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if pages.is_everybodys(request):
            return response
        units = getattr(request, UNITS, None)
        if units is not None:
            _set(request, response, _COUNT, str(units or ""))
        if request.session.accessed:
            for name, value in _who(request).items():
                _set(request, response, name, value)
        return response

    return middleware


def _who(request: Any) -> dict[str, str]:
    """Cookies of who is signed in; empty for who is not."""
    user = request.user
    if not user.is_authenticated:
        return {_NAME: "", pages.OWN: ""}
    has_own = selectors.standing_of(request).price_list != selectors.PUBLIC
    found = {_NAME: quote(user.first_name or "1"), pages.OWN: "1" if has_own else ""}
    if user.currency and currencies.COOKIE not in request.COOKIES:
        found[currencies.COOKIE] = user.currency
    return found


def _set(request: HttpRequest, response: HttpResponseBase, name: str, value: str) -> None:
    if request.COOKIES.get(name, "") == value or name in response.cookies:
        return
    if value:
        age = settings.SESSION_COOKIE_AGE
        response.set_cookie(name, value, max_age=age, samesite="Lax", secure=bool(settings.SESSION_COOKIE_SECURE))
    else:
        response.delete_cookie(name, samesite="Lax")
