"""What happens to every request: an id, a log line with its milliseconds, security headers, refusals of what no page
can take, and a way on where an address takes only what a form sends."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import add_never_cache_headers, patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from shop import logs
from shop.core import codings, hints, kept, languages, pages, requests, rest
from shop.core.admin import as_id
from shop.health import metrics

_PRIVATE = re.compile("private|no-store")
GetResponse = Callable[[HttpRequest], HttpResponseBase]

_SIGNING_IN = ("/account/login/", "/account/2fa/", "/account/signup/", "/admin/login/")
_WORDS = ("text/", "application/json", "application/xml", "application/manifest+json")
_POLICY = "accelerometer=(), camera=(), geolocation=(), gyroscope=(), microphone=(), usb=(), payment=(self)"


def request_log(get_response: GetResponse) -> GetResponse:
    """Give the request an id (ours, or a sane one from a proxy) and log method, path, status and milliseconds."""

    log = logs.direct("shop.request", settings.LOGGING)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        given = request.META.get("HTTP_X_REQUEST_ID", "")
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


def kept_pages(get_response: GetResponse) -> GetResponse:
    """Answer with the page that is kept, where there is one; else keep the one that is made, if it is everybody's. What
    does not say whose it is, is the visitor's: an error page, too, shows who is signed in.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        key = pages.key_of(request)
        if key is None:
            return _private(get_response(request))
        page = kept.find(key)
        if page is None:
            is_kept = pages.is_worth(key, request)
            with kept.turn(key) if is_kept else nullcontext() as page:
                if page is None:
                    response = get_response(request)
                    made = pages.keep(key, request, response, is_kept=is_kept)
                    return _private(response) if made is None else kept.answer(made, request)
        request.resolver_match = page  # type: ignore[assignment]  # its route and name, for whoever counts
        if page.told:
            import_string(page.told[0])(*page.told[1])
        return kept.answer(page, request)

    return middleware


def _private(response: HttpResponseBase) -> HttpResponseBase:
    """What says nothing else is the visitor's, and not for search engines. A page names what it needs first."""
    response.setdefault("Cache-Control", "private, no-cache")
    is_found = response.status_code == 200 and hasattr(response, "public")
    if not is_found and _PRIVATE.search(response["Cache-Control"]):
        response.setdefault("X-Robots-Tag", "noindex")
    is_page = isinstance(response, HttpResponse) and response.get("Content-Type", "").startswith("text/html")
    if is_page and (hinted := hints.preloads(response.content)):  # type: ignore[attr-defined]  # which is no stream
        response["Link"] = hinted
    return response


def readable_codings(get_response: GetResponse) -> GetResponse:
    """Leave of `Accept-Encoding` what may be sent: those who answer with files (whitenoise) and Django
    look for a coding's name in it, and would send what it refuses ("br;q=0").
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        accepted = request.META.get("HTTP_ACCEPT_ENCODING")
        if accepted is not None:
            request.META["HTTP_ACCEPT_ENCODING"] = codings.without_refused(accepted)
        return get_response(request)

    return middleware


class Compressed(GZipMiddleware):
    """Compress words that are made for one visitor. What everybody is sent is compressed when it is kept, files when
    they are collected, pictures are small already. Django adds a random length, so that nobody can guess a secret on a
    page by how well it is compressed (BREACH).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or response.has_header("Content-Encoding") or not _is_text(response):
            return response
        if "gzip" in codings.taken(request.META.get("HTTP_ACCEPT_ENCODING", "")):
            return super().process_response(request, response)
        patch_vary_headers(response, ["Accept-Encoding"])
        return response


def _is_text(response: HttpResponseBase) -> bool:
    return response.get("Content-Type", "").startswith(_WORDS)


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
        reads_itself = getattr(view, "csrf_exempt", False) and not getattr(view, "takes_form", False)
        if request.method == "POST" and not reads_itself and _has_nul(_texts(request.POST)):
            raise BadRequest("NUL in the form")


def _texts(given: QueryDict) -> Iterator[str]:
    for name, several in given.lists():
        yield name
        yield from map(str, several)


def _has_nul(texts: Iterable[str]) -> bool:
    return any("\x00" in text for text in texts)


def ways_on(get_response: GetResponse) -> GetResponse:
    """For browsers: nobody who signs in is led to an address that takes only what a form sends, and whoever opens one
    nevertheless gets a page with a way on."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.path.startswith("/api/") or request.htmx or not request.accepts("text/html"):  # type: ignore[attr-defined]
            return response
        if response.status_code == 405 and not response.streaming:
            return _not_allowed(request, response)
        if request.method == "POST" and response.status_code == 302:
            return _to_sign_in(request, response)
        return response

    return middleware


def _to_sign_in(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A form of somebody who must sign in first: afterwards they see the page that it was on, and know why."""
    target = urlsplit(response["Location"])
    if target.path not in (reverse("account_login"), reverse("admin:login")) or "next=" not in target.query:
        return response
    messages.warning(request, _("Please sign in first. What you entered was not sent."))
    came_from = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}) or not (page := urlsplit(came_from)).path:
        return response
    whole = page._replace(scheme="", netloc="", fragment="").geturl()
    return HttpResponseRedirect(f"{target.path}?{urlencode({'next': whole})}")


def _not_allowed(request: HttpRequest, response: HttpResponseBase) -> HttpResponse:
    """A page instead of an empty 405; who comes from signing in goes straight on to where the form was."""
    is_read = request.method in ("GET", "HEAD")
    way_on = _page_above(request.path) if is_read else request.path
    if is_read and languages.plain(urlsplit(request.headers.get("Referer", "")).path).startswith(_SIGNING_IN):
        return HttpResponseRedirect(way_on)
    page = render(request, "405.html", {"way_on": way_on}, status=405)
    page["Allow"] = response.get("Allow", "")
    return page


def _page_above(path: str) -> str:
    """The nearest address above that names a page: of an order's button in the admin, the order."""
    parts = path.strip("/").split("/")
    for end in range(len(parts) - 1, 0, -1):
        above = f"/{'/'.join(parts[:end])}/"
        try:
            match = resolve(above)
        except Resolver404:
            continue
        if match.url_name or as_id(str(match.kwargs.get("object_id", ""))):  # the admin's catch-all has no name
            return above
    return reverse("home")


def security_headers(get_response: GetResponse) -> GetResponse:
    """Headers that no page may do without, and when somebody who tried too often may try again; Unfold's Alpine under
    /admin/ needs a looser script policy."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.setdefault("Permissions-Policy", _POLICY)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.status_code == 429:
            response.setdefault("Retry-After", str(rest.LIMITED_FOR))
        if languages.plain(request.path).startswith("/account/"):
            add_never_cache_headers(response)  # allauth leaves that to us
        if request.path.startswith("/admin/"):
            response._csp_update = {  # type: ignore[attr-defined]  # django-csp reads it on the way out
                "script-src": ["'unsafe-eval'", "'unsafe-inline'"],
                "style-src": ["'unsafe-inline'"],
                "img-src": ["blob:"],
            }
        return response

    return middleware
