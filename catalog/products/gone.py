"""Products that are no longer sold: what lies below their address is gone (410) as their page is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

GONE = 410


def status(*, is_archived: bool) -> int:
    """Of what can still be read of a product: its page, its reviews, what is like it."""
    return GONE if is_archived else 200


def answer(request: HttpRequest, slug: str) -> HttpResponse:
    """Where nothing is left to be done: what to say so with, and a way to the product's page, which stays."""
    is_part = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    template = f"catalog/products/{'_gone' if is_part else 'gone'}.html"
    response = render(request, template, {"product_url": reverse("product_detail", args=[slug])}, status=GONE)
    response["X-Robots-Tag"] = "noindex"
    return response
