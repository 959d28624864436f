"""Shelves as fragments of pages, each also a page of its own without scripts; and the note that a product was seen."""

from __future__ import annotations

import time
from base64 import b64decode
from contextlib import suppress
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog.products import gone, renamed, showing
from catalog.products import selectors as products
from catalog.recommendations import behaviour, page, profiles, seen, shelves
from shop.core import cache, pages, requests
from shop.currencies import selectors as currencies
from shop.resilience import switches

_PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")  # nothing to see, as a GIF


def _shed_or_gone(slug: str) -> list[str]:
    return [switches.page_of(shelves.NAME), *showing.pages_of(slug)]


@require_safe
@vary_on_headers("HX-Request")
@pages.public(cache.LISTINGS, cache.PRICE_RULES, of=_shed_or_gone, takes=(currencies.PARAMETER,))
@renamed.led_on
def product_recommendations(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /products/<slug>/recommendations/; all guests without a cart see the same, for a minute at most."""
    there = products.addressed(slug)
    if there is None:
        raise Http404
    found = shelves.of_product(
        there.id,
        currency=settings.DEFAULT_CURRENCY,
        without=_in_cart(request),
        for_customer=requests.customer_id(request),
    )
    back = (products.name_of(there.id), reverse("product_detail", args=[slug]))
    response = page.answer(request, found, back=back)
    response.status_code = gone.status(is_archived=there.is_archived)
    pages.until(response, time.time() + cache.MINUTE)
    response["X-Robots-Tag"] = "noindex"
    return response


@never_cache
@require_safe
@vary_on_headers("HX-Request")
def recommendations(request: HttpRequest) -> HttpResponse:
    """GET /recommendations/: what is for the visitor, and what they looked at; without either, what others buy."""
    currency = settings.DEFAULT_CURRENCY
    found = shelves.personal(_visitor(request), currency=currency)
    if not found and not request.htmx:  # type: ignore[attr-defined]
        cards = shelves.trending(currency=currency)
        found = [shelves.Shelf("trending", _("Trending now"), cards)] if cards else []
    return page.answer(request, found)


@never_cache
@require_safe
@renamed.led_on
def product_seen(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /products/<slug>/seen/: a picture of nothing on the product's page, which itself may come from a cache."""
    response = HttpResponse(_PIXEL, content_type="image/gif")
    there = products.addressed(slug)
    if there is None or there.is_archived:
        raise Http404
    _keep(request, there.id)
    response.set_cookie(
        seen.COOKIE,
        seen.write(seen.with_latest(there.id, _looked_at(request))),
        max_age=seen.MAX_AGE,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def _keep(request: HttpRequest, product_id: UUID) -> None:
    """What a customer looks at, if they agreed to that; not while shelves are shed, and never at the page's cost."""
    customer_id = requests.customer_id(request)
    if customer_id is None or shelves.are_shed():
        return
    with suppress(DatabaseError):
        device = profiles.device_of(request.headers.get("User-Agent", ""))
        behaviour.look(customer_id=customer_id, product_id=product_id, device=device)


def _visitor(request: HttpRequest) -> shelves.Visitor:
    device = profiles.device_of(request.headers.get("User-Agent", ""))
    return shelves.Visitor(
        looked_at=_looked_at(request),
        customer_id=requests.customer_id(request),
        moment=f"{device} {profiles.part_of_day(timezone.localtime().hour)}",
        in_cart=_in_cart(request),
    )


def _in_cart(request: HttpRequest) -> list[UUID]:
    found: list[UUID] = import_string(settings.PRODUCTS_IN_CART)(request)
    return found


def _looked_at(request: HttpRequest) -> list[UUID]:
    return seen.read(request.COOKIES.get(seen.COOKIE, ""))
