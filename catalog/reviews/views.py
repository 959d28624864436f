"""The reviews of a product: a fragment of its page, and a page of their own without scripts."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog.products import selectors as products
from catalog.reviews import selectors

MAX_PAGE = 1000


@require_safe
@vary_on_headers("HX-Request")
def product_reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """Summary and one page of reviews; `?page=` from 1."""
    product_id = products.product_id_of(slug)
    given = request.GET.get("page", "1")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0
    if product_id is None or not 1 <= number <= MAX_PAGE:
        raise Http404
    summary = selectors.summary(product_id)
    reviews = selectors.reviews_of(product_id, number)
    if number > 1 and not reviews:
        raise Http404
    url = reverse("product_reviews", args=[slug])
    has_more = summary is not None and summary.count > number * selectors.PER_PAGE
    context: dict[str, Any] = {
        "summary": summary if number == 1 else None,
        "reviews": reviews,
        "next_url": f"{url}?page={number + 1}" if has_more else None,
    }
    if request.htmx:  # type: ignore[attr-defined]
        return render(request, "catalog/reviews/_reviews.html", context)
    cards = products.cards([product_id], currency=settings.DEFAULT_CURRENCY)
    context["product"] = cards[0] if cards else {"name": slug, "url": reverse("product_detail", args=[slug])}
    return render(request, "catalog/reviews/list.html", context)
