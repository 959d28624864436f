"""Addresses of products that lead to no page any more, with all that lies below them: links, open pages and mails have
them for years."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse

from catalog.products import gone, selectors


def led_on(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Decorator of a view at `/products/<slug>/…` that raises `Http404` for a slug it does not know: one that a product
    once had leads (301; 308 for what was sent) to the same place below the present one, with what was asked for. Where
    it raises that for a product which is no longer sold, this is said (410).
    """

    @functools.wraps(view)
    def shown(request: HttpRequest, slug: str, **more: Any) -> HttpResponse:
        try:
            return view(request, slug=slug, **more)
        except Http404:
            there = selectors.addressed(slug)
            if there is not None and there.is_archived:
                return gone.answer(request, slug)
            present = selectors.moved_to("product", slug)
            match = request.resolver_match
            if present in (None, slug) or match is None:
                raise
        address = reverse(match.view_name, kwargs={**match.kwargs, "slug": present})
        query = request.META.get("QUERY_STRING", "")
        answer = HttpResponsePermanentRedirect(
            f"{address}?{query}" if query else address, preserve_request=request.method not in ("GET", "HEAD")
        )
        answer["Cache-Control"] = "no-cache"  # it may get its old name back, and then lead round in a circle
        return answer

    return shown
