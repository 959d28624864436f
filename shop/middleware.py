"""What happens to every request: an id, a log line with its milliseconds, security headers, and refusals of what no
page can take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import uuid4

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponseBase, QueryDict
from django.utils.cache import add_never_cache_headers

from shop.core import requests, rest
from shop.health import metrics

GetResponse = Callable[[HttpRequest], HttpResponseBase]
log = structlog.get_logger("shop.request")

_POLICY = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), usb=(), payment=(self)"


def request_log(get_response: GetResponse) -> GetResponse:
    """Give the request an id (ours, or a sane one from a proxy) and log method, path, status and milliseconds."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        given = request.headers.get("X-Request-ID", "")
        request_id = given if 8 <= len(given) <= 64 and given.replace("-", "").isalnum() else uuid4().hex
        requests.set_id(request_id)
        response = get_response(request)
        seconds = time.perf_counter() - started
        response["X-Request-ID"] = request_id
        match = request.resolver_match
        metrics.observe_request(
            match.route if match else "unmatched", request.method or "", response.status_code, seconds
        )
        if not request.path.startswith(("/static/", "/health/")):
            log.info(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                ms=round(seconds * 1000, 1),
            )
        requests.set_id("")
        return response

    return middleware


def sane_cookies(get_response: GetResponse) -> GetResponse:
    """Leave out cookies with a NUL byte, which no browser sends and PostgreSQL cannot look up."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if _has_nul(request.COOKIES.values()):
            request.COOKIES = {name: text for name, text in request.COOKIES.items() if "\x00" not in text}
        return get_response(request)

    return middleware


def no_huge_body(get_response: GetResponse) -> GetResponse:
    """413 for a body that no page takes, by the length it says it has, before a byte of it is kept anywhere."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        length = _length(request)
        if length > settings.REQUEST_MAX_BYTES:
            is_staff = getattr(request.user, "is_staff", False)
            if not is_staff or length > settings.STAFF_REQUEST_MAX_BYTES:
                raise RequestDataTooBig(f"{length} bytes")
        return get_response(request)

    return middleware


def _length(request: HttpRequest) -> int:
    """As Django reads it: a body without a length it can read is none."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


class NoNul:
    """PostgreSQL takes no NUL byte in a text, so nothing may look one up: 404 for such an address, 400 for such a query
    or form. JSON is looked at by its serializers.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path:
            raise Http404
        if _has_nul(_texts(request.GET)):
            raise BadRequest("NUL in the query")
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Of forms only: who needs no CSRF token (the API, webhooks) reads the body in its own way."""
        if request.method == "POST" and not getattr(view, "csrf_exempt", False) and _has_nul(_texts(request.POST)):
            raise BadRequest("NUL in the form")


def _texts(given: QueryDict) -> Iterator[str]:
    for name, several in given.lists():
        yield name
        yield from map(str, several)


def _has_nul(texts: Iterable[str]) -> bool:
    return any("\x00" in text for text in texts)


def security_headers(get_response: GetResponse) -> GetResponse:
    """Headers that no page may do without, and when somebody who tried too often may try again; Unfold's Alpine under
    /admin/ needs a looser script policy."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.setdefault("Permissions-Policy", _POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.status_code == 429:
            response.setdefault("Retry-After", str(rest.LIMITED_FOR))
        if request.path.startswith("/account/"):
            add_never_cache_headers(response)  # allauth leaves that to us
        if request.path.startswith("/admin/"):
            response._csp_update = {  # type: ignore[attr-defined]  # django-csp reads it on the way out
                "script-src": ["'unsafe-eval'", "'unsafe-inline'"],
                "style-src": ["'unsafe-inline'"],
                "img-src": ["blob:"],
            }
        return response

    return middleware
