"""What happens to every request: an id, a log line with its milliseconds, and security headers."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.cache import add_never_cache_headers

from shop.core import requests
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


def no_nul(get_response: GetResponse) -> GetResponse:
    """No address holds a NUL byte, and PostgreSQL takes none in a text: 404 before anything looks it up."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        if "\x00" in request.path:
            raise Http404
        return get_response(request)

    return middleware


def security_headers(get_response: GetResponse) -> GetResponse:
    """Headers that no page may do without; Unfold's Alpine under /admin/ needs a looser script policy."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.setdefault("Permissions-Policy", _POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
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
