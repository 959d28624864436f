"""What an open product page asks for now and then: whether its price and stock are still true."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog.products import gone, renamed, showing
from catalog.products import page as product_pages
from catalog.products.page import ProductPage
from shop.accounts import selectors as accounts
from shop.core import cache, formats, pages
from shop.currencies import selectors as currencies
from shop.resilience import switches

NAME = "live"  # of the switch
RETRY_AFTER = 300  # seconds until a page asks again while this is shed


@require_safe
@pages.public(cache.PRICE_RULES, cache.TAXES, of=showing.live_of, takes=("variant", currencies.PARAMETER))
@renamed.led_on
def product_live(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /products/<slug>/live/?variant=<sku>: `facts` as JSON, kept as the page itself is; 503 while this is shed,
    410 when the product is no longer sold."""
    if switches.is_shed(NAME):
        return HttpResponse(status=503, headers={"Retry-After": str(RETRY_AFTER), "Cache-Control": "no-store"})
    found = product_pages.product_page(
        slug=slug,
        currency=currencies.of(request),
        price_list=accounts.standing_of(request).price_list,
        sku=request.GET.get("variant", ""),
    )
    if found is None or found.variant is None:
        raise Http404
    if found.is_archived:  # in no words: an open page has its own
        return HttpResponse(status=gone.GONE)
    return JsonResponse(facts(found))


def context(found: ProductPage) -> dict[str, Any] | None:
    """What the page needs to ask: `url`, `from_url` (the page of this variant), `every` (seconds) and `facts`, as they
    are now; None where there is nothing to ask for.
    """
    if found.variant is None or not found.is_sellable or not settings.LIVE_SECONDS:
        return None
    query = urlencode({"variant": found.variant.sku})
    return {
        "url": f"{reverse('product_live', args=[found.product.slug])}?{query}",
        "from_url": f"{found.product.get_absolute_url()}?{query}",
        "every": settings.LIVE_SECONDS,
        "facts": json.dumps(facts(found)),
    }


def facts(found: ProductPage) -> dict[str, str]:
    """Price and stock as the page says them, and a mark of what can be had of the other variants."""
    variant = found.variant
    if variant is None:
        return {}
    gone = ",".join(sorted(one.sku for one in found.variants if not one.max_quantity))
    return {
        "price": formats.money(variant.price) if variant.price else "",
        "before": formats.money(variant.regular_price) if variant.regular_price else "",
        "stock": variant.stock_said,
        "state": variant.stock,
        "others": blake2b(gone.encode(), digest_size=6).hexdigest(),
    }
