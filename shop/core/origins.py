"""Forms on pages that are everybody's, so that no token can be in them: refused where another site sends them.

As Go's `net/http.CrossOriginProtection` does it (Filippo Valsorda, "Cross-Site Request Forgery", 2025): by
`Sec-Fetch-Site`, which every browser sends since 2023 and no script can write; else by `Origin`, which every browser
sends with a form since 2020. What has neither is no browser, so that it has no cookies of anybody else.
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
    """Whether a browser says that the page of another site has made this request."""
    fetched = request.headers.get("Sec-Fetch-Site", "")
    if fetched:
        return fetched not in {"same-origin", "none"}
    origin = request.headers.get("Origin", "")
    return bool(origin) and origin != settings.SITE_URL and urlsplit(origin).netloc != request.get_host()


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
