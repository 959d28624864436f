"""The shopper's choice of a currency: in the browser, in their account and for their cart."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from cart.carts import services
from shop.accounts import services as accounts
from shop.core import requests
from shop.core.origins import same_origin
from shop.core.responses import SeeOther
from shop.currencies import selectors as currencies

_MAX_AGE = 365 * 24 * 3600


@require_POST
@same_origin
def choose(request: HttpRequest) -> HttpResponse:
    """POST /currency/: `currency`, `next` (a path of this shop)."""
    try:
        code = currencies.checked(request.POST.get("currency", ""))
    except currencies.UnknownCurrency as refused:
        messages.error(request, refused.message)
        return SeeOther(_next(request))
    response = SeeOther(_next(request))
    remember(request, response, code)
    return response


def remember(request: HttpRequest, response: HttpResponseBase, currency: str) -> None:
    """The shopper pays in `currency` from now on: their account, their cart and, with the answer, their browser."""
    if (customer_id := requests.customer_id(request)) is not None:
        accounts.prefer_currency(customer_id=customer_id, currency=currency)
    found = services.current(request)
    if found is not None:
        services.change_currency(cart=found, currency=currency, by=requests.actor(request))
    currencies.choose(request, currency)
    response.set_cookie(
        currencies.COOKIE, currency, max_age=_MAX_AGE, httponly=True, samesite="Lax",
        secure=bool(settings.SESSION_COOKIE_SECURE),
    )  # fmt: skip


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, allowed_hosts=None)
    return target if is_ours else reverse("home")
