"""The shopper's pages of an order."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_ratelimit.core import is_ratelimited

from cart.carts import access as cart_access
from cart.carts import services as carts
from checkout.archive import reading
from checkout.archive import selectors as archive
from checkout.desk import forms, pages, paying, services
from checkout.desk import history as lists
from checkout.giftcards import bought, hand
from checkout.orders import access
from checkout.orders import selectors as order_selectors
from checkout.orders import services as orders
from checkout.payments import forms as payment_forms
from checkout.payments import selectors as payment_selectors
from checkout.payments import services as payments
from shop.core import requests
from shop.core.responses import SeeOther

PAGE_SIZE = 10
GIVEN_UP = "cancelled"  # how the provider's page leads back a shopper who did not pay on it


@never_cache
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """GET /orders/<number>/ `?key=` (a guest's link). Back from the provider's page, its answer is fetched at once."""
    if "payment_intent" in request.GET or "returned" in request.GET:
        returning = _kept(request, number)
        if not returning.is_archived:
            _come_back(returning, has_given_up=request.GET.get("returned") == GIVEN_UP)
            return _to(returning, placed=True)

    def page(found: Any) -> HttpResponse:
        return _private(render(request, "checkout/desk/order.html", pages.order_page(request, found)))

    return reading.steadily(lambda: _kept(request, number), page)


@never_cache
@require_safe
def parcel(request: HttpRequest, number: str, parcel: str) -> HttpResponse:
    """GET /orders/<number>/parcels/<parcel's number>/: where it is, step by step."""

    def page(found: Any) -> HttpResponse:
        context = pages.parcel_page(request, found, parcel)
        if context is None:
            raise Http404
        return _private(render(request, "checkout/desk/parcel.html", context))

    return reading.steadily(lambda: _kept(request, number), page)


@never_cache
@require_safe
def status(request: HttpRequest, number: str) -> HttpResponse:
    """GET /orders/<number>/status/: the part of the page that refreshes itself. Once the payment is no longer under
    way the whole page is loaded again: what can be done now (pay again, cancel) is on it."""
    part = paying.status_part(request, _order(request, number))
    response = render(request, "checkout/desk/_status.html", part)
    if not part["is_waiting"]:
        response["HX-Refresh"] = "true"
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """GET asks, and says what comes back; POST cancels what has not been handed over."""
    found, too_late = _order(request, number), _("This order cannot be cancelled any more.")
    if request.method != "POST":
        used = bought.is_spent(found.pk) and _("A gift card that was bought with it has been used.")
        if order_selectors.can_cancel(found) and not used:
            return render(request, "checkout/desk/cancel.html", pages.cancel_page(request, found))
        messages.error(request, f"{too_late} {used}" if used else too_late)
        return _to(found)
    try:
        done = bought.cancel_order(order_id=found.pk, by=requests.actor(request))
        messages.success(request, paying.cancelled_text(done))
    except orders.TransitionRefused as refused:
        messages.error(request, str(refused) if refused.why == "card_used" else too_late)
    return _to(found)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_units(request: HttpRequest, number: str) -> HttpResponse:
    """GET asks how many of what (`units-<line>=`: then says what comes back), POST takes them off the order."""
    found = _order(request, number)
    if not pages.can_cancel_units(found):  # spares a form that leads nowhere; what counts is asked under the lock
        messages.error(request, _("We are packing it already, so single items cannot be cancelled."))
        return _to(found)
    given = request.POST if request.method == "POST" else request.GET if "units" in request.GET else None
    form = forms.UnitsForm(given, lines=order_selectors.lines_of(found.pk))
    if not form.is_valid():
        context = pages.units_page(request, found, form)
        return render(request, "checkout/desk/cancel_units.html", context, status=422 if form.is_bound else 200)
    if form.is_all:
        return SeeOther(reverse("order_cancel", args=[number]) + paying.query_of(request))
    try:
        if request.method != "POST":
            preview = services.preview_cancelling(order_id=found.pk, units=form.units)
            return render(
                request, "checkout/desk/cancel_units_sure.html", pages.sure_page(request, found, form, preview)
            )
        services.cancel_units(
            order_id=found.pk, units=form.units, by=requests.actor(request),
            seen_revision=form.cleaned_data["revision"],
        )  # fmt: skip
        messages.success(request, _("It is off your order. What you paid for it goes back to you."))
    except services.OrderCancelled as cancelled:
        messages.success(request, str(cancelled))
    except services.ChangeRefused as refused:
        messages.error(request, str(refused))
    return _to(found)


@require_POST
def reorder(request: HttpRequest, number: str) -> HttpResponse:
    """POST /orders/<number>/reorder/: what is still sold goes into the cart; the cart says what does not."""
    found = _kept(request, number)
    try:
        done = services.reorder(order=found, cart=carts.begun(request), by=requests.actor(request))
    except carts.CartClosed:  # ordered in another tab since this request began
        carts.forget(request)
        done = services.reorder(order=found, cart=carts.begun(request), by=requests.actor(request))
    if done.units:
        text = ngettext("%(count)s item is in your cart again.", "%(count)s items are in your cart again.", done.units)
        messages.success(request, text % {"count": done.units})
    for sentence in done.missing:
        messages.warning(request, sentence)
    response = SeeOther(reverse("cart"))
    cart = carts.current(request)
    if cart is not None and cart.customer_id is None:
        cart_access.remember(response, token=cart.token)
    return response


@never_cache
@require_POST
def pay(request: HttpRequest, number: str) -> HttpResponse:
    """POST /orders/<number>/pay/: another card after a decline."""
    found = _order(request, number)
    form = payment_forms.PayForm(request.POST, shopper=paying.shopper(request, found), about=found.cart_id or found.pk)
    if is_ratelimited(request, group="pay", key="ip", rate="30/10m", increment=True):
        return _refused(request, found, _("Too many tries. Please wait a few minutes."), status=429)
    if not form.is_valid() or form.way is None:
        return _refused(request, found, str(next(iter(form.errors.values()))[0]), status=400)
    try:
        payments.retry(
            order_id=found.pk, seen=form.cleaned_data["seen_total"], by=requests.actor(request), **form.way.wanted()
        )
    except payments.PaymentRefused as refused:
        messages.error(request, str(refused))
        return _to(found)
    hand.drop(request)
    if form.way.is_hosted:
        return payment_page(request, number)
    return _to(found, placed=True)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def payment_page(request: HttpRequest, number: str) -> HttpResponse:
    """Send the shopper to the provider's own page (no script), or to the challenge that is open."""
    found = _order(request, number)
    standing = payment_selectors.standing(found)
    if paying.step_of(standing) != "action" or standing.payment is None:
        return _to(found)
    back = f"{requests.absolute(access.url(found))}&returned="
    try:
        url = standing.action_url or payments.hosted_url(
            payment_id=standing.payment.pk, success_url=f"{back}1", cancel_url=f"{back}{GIVEN_UP}"
        )
    except payments.PaymentRefused as refused:
        messages.error(request, str(refused))
        return _to(found)
    except payments.ProviderUnavailable:
        messages.error(request, _("The payment page cannot be reached. Nothing was charged. Please try again."))
        return _to(found)
    return SeeOther(url)


@never_cache
@require_safe
@login_required
def history(request: HttpRequest) -> HttpResponse:
    """GET /account/orders/ `?page=`: ten at a time."""
    text = request.GET.get("page", "1")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    customer_id = requests.customer_id(request)
    if number < 1 or customer_id is None:
        raise Http404
    found = archive.orders_of(customer_id=customer_id, page=number, size=PAGE_SIZE)
    if number > 1 and not found.orders:
        raise Http404
    context = {"orders": lists.rows(found.orders), "page": lists.page_links(number, found.total, PAGE_SIZE)}
    return render(request, "checkout/desk/history.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def lookup(request: HttpRequest) -> HttpResponse:
    """A guest's way back: the link is sent to the order's own address; the answer is the same whether it exists."""
    form = forms.LookupForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return render(request, "checkout/desk/lookup.html", {"form": form}, status=422 if form.is_bound else 200)
    if wait := _must_wait(request, form.cleaned_data["email"]):
        form.add_error(None, _("Too many tries. Please wait before you try again."))
        response = render(request, "checkout/desk/lookup.html", {"form": form}, status=429)
        response["Retry-After"] = str(wait)
        return response
    services.send_link(number=form.cleaned_data["number"], email=form.cleaned_data["email"])
    messages.success(request, _("If we have this order, a link to it is on its way to that address."))
    return SeeOther(reverse("order_lookup"))


def _must_wait(request: HttpRequest, email: str) -> int:
    """For how many seconds this caller, or all callers together for this e-mail address, have had their tries; 0: not
    yet. It is counted whether we know the address or not, so that the answer tells nothing; a caller who is stopped
    counts for no address."""
    asked = email.strip().casefold()
    if is_ratelimited(request, group="lookup", key="ip", rate="10/10m", increment=True):
        return 10 * 60
    is_asked = is_ratelimited(
        request, group="lookup_address", key=lambda _group, _request: asked, rate="10/h", increment=True
    )
    return 60 * 60 if is_asked else 0


def _come_back(found: Any, *, has_given_up: bool) -> None:
    """Ask how the payment stands, or end the one that the shopper gave up on its page: then another way is open."""
    standing = payment_selectors.standing(found)
    if paying.step_of(standing) not in {"pending", "action"}:
        return
    if has_given_up and standing.is_hosted:
        with suppress(payments.ProviderUnavailable):  # it stays open then, and the page leads to it
            payments.cancel_open(order_id=found.pk)
    else:
        payments.refresh(order_id=found.pk)


def _order(request: HttpRequest, number: str) -> Any:
    """The order, for those who may see it (404 for all others). A guest's secret is kept in the session."""
    found = access.order_for(request, number)
    if request.GET.get("key"):
        access.remember(request, found)
    return found


def _kept(request: HttpRequest, number: str) -> Any:
    """As `_order`, also of orders that are in the archive: they are there to be looked at."""
    with suppress(Http404):
        return _order(request, number)
    found = archive.order(number[:20])
    if found is None or not access.allowed(request, found):
        raise Http404
    if request.GET.get("key"):
        access.remember(request, found)
    if found.is_archived:
        carts.current(request)  # the page's cart: it may join two, and nothing can be written while one is read
    return found


def _private(response: HttpResponse) -> HttpResponse:
    """The address may hold the secret of a guest's link. Not "no-referrer": its forms would post `Origin: null`."""
    response["Referrer-Policy"] = "same-origin"
    return response


def _refused(request: HttpRequest, found: Any, text: str, *, status: int) -> HttpResponse:
    context = pages.order_page(request, found)
    if context["step"] == "declined":
        context["error"] = text
    response = render(request, "checkout/desk/order.html", context, status=status)
    patch_cache_control(response, private=True)
    return response


def _to(found: Any, *, placed: bool = False) -> HttpResponse:
    """To the order's page; a guest's with the secret of its link."""
    if found.customer_id:
        return SeeOther(reverse("order", args=[found.number]) + ("?placed=1" if placed else ""))
    return SeeOther(access.url(found) + ("&placed=1" if placed else ""))
