"""What an open cart asks for now and then: whether anything that it shows has changed. It is looked up by versions in
the cache, never in a database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import resolve, reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from cart.carts import rules
from cart.carts.selectors import CartView
from catalog.products import live, showing
from shop.core import cache, pages
from shop.resilience import switches

_EVERYTHING = (cache.PAGES_VERSION, cache.PRICE_RULES, cache.PROMOTIONS, cache.TAXES, cache.SHIPPING, cache.CURRENCIES)


@require_safe
def cart_live(request: HttpRequest) -> HttpResponse:
    """GET /cart/live/?product=<slug>&…: a mark, another one after any of these products or what prices depend on has
    changed; 304 where it is the one that the browser has, 503 while this is shed."""
    if switches.is_shed(live.NAME):
        return HttpResponse(status=503, headers={"Retry-After": str(live.RETRY_AFTER), "Cache-Control": "no-store"})
    mark = _mark(request.GET.getlist("product")[: rules.MAX_LINES])
    response = JsonResponse({"mark": mark}, headers={"Cache-Control": "no-cache", "ETag": f'"{mark}"'})
    return get_conditional_response(request, etag=f'"{mark}"', response=response) or response  # type: ignore[return-value]


def context(shown: CartView) -> dict[str, Any] | None:
    """What the cart's page needs to ask: `url`, `from_url`, `every` (seconds) and `facts`; None for an empty cart."""
    slugs = sorted({resolve(urlsplit(line.url).path).kwargs["slug"] for line in shown.lines if line.url})
    if not slugs or not settings.LIVE_SECONDS:
        return None
    return {
        "url": f"{reverse('cart_live')}?{urlencode([('product', slug) for slug in slugs])}",
        "from_url": reverse("cart"),
        "every": settings.LIVE_SECONDS,
        "facts": json.dumps({"mark": _mark(slugs)}),
    }


def _mark(slugs: Sequence[str]) -> str:
    names = [one.name for one in _EVERYTHING]
    names += [cache.PAGES_OF.key(name) for slug in slugs for name in showing.pages_of(slug)]
    found = pages.versions_of(names, len(_EVERYTHING))
    text = "\n".join(f"{name} {found.get(name, '')}" for name in names)
    return blake2b(text.encode("utf-8", "replace"), digest_size=12).hexdigest()
