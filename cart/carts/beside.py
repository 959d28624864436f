"""What is shown beside the cart: what others bought with the same things."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from cart.carts import selectors
from catalog.recommendations import page, shelves
from shop.core import requests


def url() -> str:
    """Where the shelf comes from; empty while shelves are shed."""
    return "" if shelves.are_shed() else reverse("cart_recommendations")


@never_cache
@require_safe
@vary_on_headers("HX-Request")
def recommendations(request: HttpRequest) -> HttpResponse:
    """GET /cart/recommendations/"""
    found = shelves.of_cart(
        selectors.products_in_cart(request),
        currency=settings.DEFAULT_CURRENCY,
        for_customer=requests.customer_id(request),
    )
    return page.answer(request, found, back=(_("Your cart"), reverse("cart")))
