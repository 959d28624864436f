"""A customer's own page of saved cards."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from checkout.cards import selectors, services
from shop.core import requests
from shop.core.responses import SeeOther


@never_cache
@require_safe
@login_required
def cards(request: HttpRequest) -> HttpResponse:
    """GET /account/cards/"""
    return render(request, "account/cards.html", {"cards": selectors.cards_of(_customer(request))})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """GET asks, POST takes one of the customer's own cards off the list; anybody else's is not found."""
    try:
        card = selectors.card_of(customer_id=_customer(request), card_id=pk)
        if request.method != "POST":
            return render(request, "account/card_delete.html", {"card": card})
        services.remove(customer_id=_customer(request), card_id=pk, by=requests.actor(request))
    except services.NoSuchCard:
        raise Http404 from None
    messages.success(request, _("The card is deleted."))
    return SeeOther(reverse("saved_cards"))


@never_cache
@require_POST
@login_required
def make_default(request: HttpRequest, pk: UUID) -> HttpResponse:
    """POST: use this card first."""
    try:
        services.make_default(customer_id=_customer(request), card_id=pk, by=requests.actor(request))
    except services.NoSuchCard:
        raise Http404 from None
    messages.success(request, _("This card is used first from now on."))
    return SeeOther(reverse("saved_cards"))


def _customer(request: HttpRequest) -> UUID:
    return UUID(str(request.user.pk))  # signed in, says login_required
