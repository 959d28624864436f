"""A page that tells what is left on a gift card, and the buttons that use one for a payment.

Both take guesses: they are counted together, and a code that is unknown is answered like one that staff have ended.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST
from django_ratelimit.core import is_ratelimited

from cart.carts import services as carts
from checkout.giftcards import forms, hand, selectors, wording
from shop.core.responses import SeeOther
from shop.currencies import selectors as currencies

RATE = "10/10m"

_LONGEST = 40  # characters of what was typed that are shown again


def is_guessing(request: HttpRequest) -> bool:
    """Whether so many codes were entered from here that no more are looked at for some minutes."""
    return bool(is_ratelimited(request, group="gift-card", key="ip", rate=RATE, increment=True))


def too_many() -> str:
    return _("Too many tries. Please wait a few minutes.")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def balance(request: HttpRequest) -> HttpResponse:
    """GET /gift-cards/ asks for a code, POST tells what is left on the card."""
    form = forms.CodeForm(request.POST or None)
    card, status = None, 200
    if request.method == "POST":
        status = 429 if is_guessing(request) else 200
        if status == 429:
            form.add_error(None, too_many())
        elif form.is_valid():
            card = selectors.with_code(form.cleaned_data["code"])
            if card is None:
                form.add_error("code", wording.unknown())
        status = 422 if form.errors and status == 200 else status
    return render(
        request,
        "checkout/giftcards/balance.html",
        {"form": forms.CodeForm() if card else form, "card": card},
        status=status,
    )


@never_cache
@require_POST
def use(request: HttpRequest) -> HttpResponse:
    """POST /checkout/gift-card/ `code`, `next`: use a card for what is being paid."""
    form, typed = forms.CodeForm(request.POST), request.POST.get("code", "")[:_LONGEST]
    if is_guessing(request):
        return _refused(request, too_many(), "")
    if not form.is_valid():
        return _refused(request, str(next(iter(form.errors.values()))[0]), typed)
    card = selectors.with_code(form.cleaned_data["code"])
    problem = wording.why_not(card, _paid_in(request))
    if not problem and hand.is_full(request) and card is not None and card.id not in hand.cards(request):
        problem = _("No more gift cards can be used for one order.")
    if problem or card is None:
        return _refused(request, problem, typed if card is None else "")
    hand.take(request, card.id)
    return SeeOther(_back(request))


def _refused(request: HttpRequest, why: str, typed: str) -> HttpResponse:
    """Back to the field, which says why."""
    hand.refuse(request, why=why, typed=typed)
    return SeeOther(f"{_back(request)}#gift-code")


@never_cache
@require_POST
def drop(request: HttpRequest) -> HttpResponse:
    """POST /checkout/gift-card/remove/ `card`, `next`: do not use a card after all."""
    try:
        hand.drop(request, UUID(request.POST.get("card", "")))
    except ValueError:
        messages.error(request, _("This gift card is not on your list."))
    return SeeOther(_back(request))


def _paid_in(request: HttpRequest) -> str:
    """The currency of the cart that is being paid."""
    cart = carts.current(request)
    return cart.currency if cart else currencies.of(request)


def _back(request: HttpRequest) -> str:
    """To the page that the button was on, if it is one of ours."""
    url = request.POST.get("next", "")
    is_ours = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if is_ours else reverse("payment")
