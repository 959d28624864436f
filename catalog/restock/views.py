"""The waiting line's pages: ask, see the place, leave. GET never changes anything: mail scanners follow links."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_ratelimit.core import is_ratelimited

from catalog.customizations.forms import CustomizationsForm
from catalog.products import renamed
from catalog.products import selectors as products
from catalog.restock import access, forms, selectors, services
from shop.core import requests
from shop.core.origins import same_origin
from shop.core.responses import SeeOther

RATE = "10/10m"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin
@renamed.led_on
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /products/<slug>/restock/ `?variant=<id>` shows the form, POST `variant, email` puts in the line. The answer
    is the same whether the address waits already or not."""
    _sold(slug)
    if request.method != "POST":
        known = {"variant": request.GET.get("variant", ""), "email": getattr(request.user, "email", "")}
        return _form(request, slug, forms.AskForm(initial=known))
    form = forms.AskForm(request.POST)
    if not form.is_valid():
        return _form(request, slug, form, status=422)
    if is_ratelimited(request, group="restock", key="ip", rate=RATE, increment=True):
        form.add_error(None, _("Too many tries. Please wait a few minutes."))
        return _form(request, slug, form, status=429)
    return _ask(request, slug, form)


@never_cache
@require_safe
@renamed.led_on
def asked(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /products/<slug>/restock/asked/: what happens next."""
    _sold(slug)
    return render(request, "catalog/restock/asked.html", {"product_url": reverse("product_detail", args=[slug])})


@never_cache
@require_safe
def place(request: HttpRequest, token: str) -> HttpResponse:
    """GET /restock/<token>/: the place in the line; where a unit is held, the button that puts it into the cart."""
    return _place(request, token, "catalog/restock/place.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """GET /restock/<token>/leave/ asks, POST gives the place or the held unit up."""
    if request.method != "POST":
        return _place(request, token, "catalog/restock/leave.html")
    if services.leave(entry_id=_entry(token), by=requests.actor(request)):
        messages.success(request, _("You are out of the line. We will not write to you about it again."))
    return SeeOther(reverse("restock_place", args=[token]))


def _sold(slug: str) -> None:
    """Raises `Http404` unless the product at this address can be waited for."""
    there = products.addressed(slug)
    if there is None or there.is_archived:
        raise Http404


def _ask(request: HttpRequest, slug: str, form: forms.AskForm) -> HttpResponse:
    try:
        services.ask(
            variant_id=form.cleaned_data["variant"],
            email=form.cleaned_data["email"],
            language=get_language() or "en",
            customer_id=requests.customer_id(request),
            by=requests.actor(request),
        )
    except services.NotSoldOut:
        form.add_error(None, _("Good news: it is available now. You can put it into your cart."))
    except services.UnknownVariant:
        form.add_error(None, _("This product is no longer sold."))
    else:
        if request.htmx:  # type: ignore[attr-defined]
            return render(request, "catalog/restock/_asked.html")
        return SeeOther(reverse("restock_asked", args=[slug]))
    return _form(request, slug, form, status=409)


def _form(request: HttpRequest, slug: str, form: forms.AskForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "restock_url": reverse("restock_ask", args=[slug]),
        "product_url": reverse("product_detail", args=[slug]),
    }
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        return render(request, "catalog/restock/_form.html", context)  # 200: htmx swaps only answers that went well
    return render(request, "catalog/restock/ask.html", context, status=status)


def _place(request: HttpRequest, token: str, template: str) -> HttpResponse:
    found = selectors.place(_entry(token))
    context: dict[str, Any] = {"token": token, "place": found, "entry": found and found.entry}
    if found and found.offer and found.offer.asked:
        context["asked"] = CustomizationsForm(found.offer.asked, currency=settings.DEFAULT_CURRENCY)
    response = render(request, template, context)
    response["Referrer-Policy"] = "same-origin"  # the address is the secret
    return response


def _entry(token: str) -> UUID:
    entry_id = access.entry_of(token)
    if entry_id is None:
        raise Http404
    return entry_id
