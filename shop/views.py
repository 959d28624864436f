"""The home page, the error pages, and what every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_safe

from cart.carts import selectors as carts
from catalog.products import selectors as products
from catalog.search import page as listings


def shop_context(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `shop` with name, currency, departments and the number of units in the cart (lazily)."""
    return {
        "shop": {
            "name": settings.SHOP_NAME,
            "currency": settings.DEFAULT_CURRENCY,
            "departments": SimpleLazyObject(products.departments),
            "cart_count": SimpleLazyObject(lambda: carts.count(request)),
        }
    }


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this shop is, its departments, and what is new and wanted."""
    return render(request, "home.html", listings.home_context(settings.DEFAULT_CURRENCY))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or one of another site: say what to do."""
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "400.html", status=400)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)
