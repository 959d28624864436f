"""Notices that a shopper came to a product from the results of a search, as browsers tell by the Referer."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from django.http import HttpRequest, HttpResponse

from catalog.search import reports
from catalog.search.page import LIST_URL
from shop.core import languages

_Handler = Callable[[HttpRequest], HttpResponse]


def count_clicks(get_response: _Handler) -> _Handler:
    """Middleware: counts, for the reports, each product that is opened from a page of results."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        match = request.resolver_match
        if response.status_code == 200 and match is not None and match.url_name == "product_detail":
            text = _searched(request)
            if text:
                reports.clicked(text)
        return response

    return handle


def _searched(request: HttpRequest) -> str:
    """What was searched for on the page that led here; empty if that was no page of results of this shop."""
    referer = request.META.get("HTTP_REFERER", "")
    if not referer:  # most of who open a kept page
        return ""
    try:
        parts = urlsplit(referer)
    except ValueError:
        return ""
    if parts.netloc != request.get_host() or languages.plain(parts.path) != LIST_URL:
        return ""
    return parse_qs(parts.query).get("q", [""])[0]
