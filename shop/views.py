"""The home page, the error pages, and what every page's frame needs."""

from __future__ import annotations

import sys
from typing import Any
from uuid import UUID

import psycopg
import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template import loader
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.static import serve

from cart.carts import access as cart_access
from cart.carts import selectors as carts
from cart.carts import services as cart_services
from catalog.products import selectors as products
from catalog.products.ownprices import on_cards
from catalog.recommendations import shelves
from catalog.restock import access as restock_access
from catalog.restock import selectors as restock
from catalog.search import heads
from catalog.search import page as listings
from checkout.archive import selectors as orders
from checkout.desk import history as order_lists
from shop.accounts import selectors as accounts
from shop.core import cache, languages, pages, rest
from shop.core.money import currency_name
from shop.currencies import selectors as currencies
from shop.offline import views as offline

log = structlog.get_logger("shop.views")


def shop_context(request: HttpRequest) -> dict[str, Any]:
    """The context processor: `shop` with name, currency, departments and the number of units in the cart (lazily; 0
    on a page that is everybody's, where scripts write it)."""
    is_everybodys = pages.is_everybodys(request)
    return {
        "shop": {
            "name": settings.SHOP_NAME,
            "support_email": settings.SUPPORT_EMAIL,
            "currency": SimpleLazyObject(lambda: currencies.of(request)),
            "currencies": SimpleLazyObject(lambda: _currencies(request)),
            "departments": SimpleLazyObject(products.departments),
            "cart_count": 0 if is_everybodys else SimpleLazyObject(lambda: _cart_count(request)),
            "is_everybodys": is_everybodys,
            "languages": SimpleLazyObject(lambda: languages.alternates(_address(request))),
            "release": pages.release() if settings.SERVICE_WORKER else "",
            "themes": offline.THEMES,
        }
    }


def _address(request: HttpRequest) -> str:
    """Of this page, as it can be asked for again: what a form was sent to may not be."""
    return request.get_full_path() if request.method in ("GET", "HEAD") else request.path


def _currencies(request: HttpRequest) -> list[dict[str, Any]]:
    """What a shopper can pay in; nothing where there is no choice."""
    codes, chosen = currencies.choices(), currencies.of(request)
    named = [
        {"code": code, "name": currency_name(code, languages.current()), "is_chosen": code == chosen} for code in codes
    ]
    return named if len(named) > 1 else []


def _cart_count(request: HttpRequest) -> int:
    """Units in the cart. The first page after signing in joins what the guest had put in, whichever page it is."""
    if request.user.is_authenticated and cart_access.token_of(request):
        try:
            cart_services.current(request)
        except DatabaseError as error:  # the stock cannot be asked: this page does without, the next one tries again
            log.warning("guest's cart not joined", error=str(error))
    return carts.count(request)


@require_safe
@pages.public(cache.LISTINGS, takes=(currencies.PARAMETER,))
def home(request: HttpRequest) -> HttpResponse:
    """What this shop is, its departments, what is new and what is wanted; what is for the visitor comes by itself."""
    currency, price_list = currencies.of(request), accounts.standing_of(request).price_list
    listed = currencies.listed(currency)
    context = listings.home_context(listed)
    if listed == settings.DEFAULT_CURRENCY and (trending := shelves.trending(currency=listed)):
        context["trending"] = trending
    for name in ("trending", "new"):
        context[name] = on_cards(context.get(name, ()), currency=currency, price_list=price_list)
    context |= heads.home(context["departments"][0]["picture"] if context["departments"] else None)
    context["personal_url"] = "" if shelves.are_shed() else reverse("recommendations")
    return render(request, "home.html", context)


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture of the catalogue or of a review: everybody's. A changed one has another name."""
    response = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    response["Cache-Control"] = "public, max-age=86400"
    return response


@never_cache
@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """A customer's first page: latest orders, what they wait for, delivery address, whether the e-mail is proven."""
    customer_id = UUID(str(request.user.pk))
    address = accounts.default_address(customer_id)
    context = {
        "orders": order_lists.rows(orders.orders_of(customer_id=customer_id, page=1, size=3).orders),
        "address": address.lines if address else None,
        "verified": accounts.has_proven_email(customer_id),
        "waiting": [
            {"place": place, "token": restock_access.token_of(place.entry.id)}
            for place in restock.places_of(customer_id)
        ],
    }
    return render(request, "account/home.html", context)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or one of another site: say what to do."""
    return _refusal(request, "403_csrf.html", 403, "csrf_failed", _("The request's CSRF token is missing or old."))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return _refusal(request, "413.html", 413, "body_too_large", _("The request body is too large."))
    if isinstance(exception, TooManyFieldsSent):
        request.META["QUERY_STRING"], request.GET = "", QueryDict()  # type: ignore[assignment]  # the page has none
    return _refusal(request, "400.html", 400, "bad_request", _("The request cannot be understood."))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _refusal(request, "403.html", 403, "permission_denied", _("You may not do this."))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Of orders and returns it says what to do about a link that a newer one has replaced: the same for every address
    there that opens nothing, so that it tells nobody which orders there are."""
    template = "404_link.html" if languages.plain(request.path).startswith(("/orders/", "/returns/")) else "404.html"
    return _refusal(request, template, 404, "not_found", _("There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponse:
    """What nobody foresaw, and a database that is away. The page uses nothing that may be what is broken."""
    if _database_is_away(sys.exc_info()[1]):
        return _unavailable(request)
    if _is_api(request):
        return JsonResponse(rest.error_body("internal_error", _("Something broke on our side.")), status=500)
    return defaults.server_error(request)


def _database_is_away(error: BaseException | None) -> bool:
    """No connection, one that was cut, a full disk, a server that only reads: all of it passes."""
    return isinstance(error, OperationalError | InterfaceError) or isinstance(
        error and error.__cause__, psycopg.errors.ReadOnlySqlTransaction
    )


def _unavailable(request: HttpRequest) -> HttpResponse:
    """503: come again in some seconds."""
    headers = {"Retry-After": str(rest.RETRY_AFTER), "Cache-Control": "no-store"}
    if _is_api(request):
        text = _("The shop is not available at this moment. Please try again in some seconds.")
        return JsonResponse(rest.error_body("unavailable", text), status=503, headers=headers)
    return HttpResponse(loader.render_to_string("maintenance.html"), status=503, headers=headers)


def _refusal(request: HttpRequest, template: str, status: int, code: str, message: str) -> HttpResponse:
    """A page for people, the API's error form for programs."""
    if _is_api(request):
        return JsonResponse(rest.error_body(code, message), status=status)
    if not hasattr(request, "user"):  # refused before anybody looked who it is: a foreign Host header
        request.user = AnonymousUser()
    return render(request, template, status=status)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")
