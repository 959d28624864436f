"""Forms on pages that are everybody's, so that no token can be in them: refused where another site sends them.

By what browsers say of where a request comes from, and scripts cannot write: `Sec-Fetch-Site` (every browser since
2023), `Origin` (every browser with a form since 2020) and `Referer`. Each of them that is there must say that it was
this shop (docs/adr/0035-pages-for-everybody.md says what is with none of them).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

_SAFE = {"GET", "HEAD", "OPTIONS"}


def is_foreign(request: HttpRequest) -> bool:
    """Whether a header says that the page of another site has made this request."""
    fetched, origin = request.headers.get("Sec-Fetch-Site", ""), request.headers.get("Origin", "")
    if fetched not in {"", "same-origin", "none"}:
        return True
    if origin == "null" and fetched == "same-origin":  # a page of ours that tells nobody its address
        origin = ""
    return any(address and not _is_own(address, request) for address in (origin, request.headers.get("Referer", "")))


def _is_own(address: str, request: HttpRequest) -> bool:
    """Whether this is an address of this shop; where it is asked for by https, not one by http."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    if f"{parts.scheme}://{parts.netloc}" == settings.SITE_URL:
        return True
    schemes = {"https"} if request.is_secure() else {"http", "https"}
    return parts.scheme in schemes and parts.netloc == request.get_host()


def same_origin(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator of a view whose forms have no token: 403 for what another site's page sends."""

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in _SAFE and is_foreign(request):
            refusal: HttpResponse = import_string(settings.CSRF_FAILURE_VIEW)(request, reason="another site")
            return refusal
        return view(request, *args, **kwargs)

    checked.csrf_exempt = True  # type: ignore[attr-defined]
    checked.takes_form = True  # type: ignore[attr-defined]  # `shop.middleware.NoNul` reads it all the same
    return checked
