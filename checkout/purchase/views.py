"""The checkout's pages: contact and delivery, payment, and the button that makes the order."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_ratelimit.core import is_ratelimited

from cart.carts import selectors as cart_selectors
from cart.carts import services as carts
from cart.shipping.rules import BY_EMAIL
from checkout.archive import selectors as archive
from checkout.giftcards import hand
from checkout.orders import access
from checkout.orders import selectors as orders
from checkout.payments import forms as payment_forms
from checkout.purchase import forms, line, pages, refused, selectors, services, vat_ids
from shop.core import requests
from shop.core.responses import SeeOther


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """GET /checkout/ (`?country=&state=&postal_code=` by htmx: the fields of that country), POST: keep and go on."""
    cart = carts.current(request)
    if cart is None or not cart_selectors.lines_of(cart.pk):
        return _nothing_to_order(request)
    if request.method == "POST" and "update" not in request.POST:
        return _save_details(request, cart)
    given = request.POST if request.method == "POST" else request.GET
    form, view = pages.details_form(request, cart, given)
    template = "checkout/purchase/details.html"
    if request.htmx and not request.htmx.boosted:  # type: ignore[attr-defined]
        template = "checkout/purchase/_address.html"
    return render(request, template, pages.details_page(request, form, view))


@never_cache
@require_safe
def payment(request: HttpRequest) -> HttpResponse:
    """GET /checkout/payment/: what will be charged, and how to pay it."""
    cart, told = carts.current(request), refused.kept(request)
    entered = selectors.details_of(cart.pk) if cart else None
    if cart is None:
        return _nothing_to_order(request)
    if entered is None:
        messages.info(request, _("Please tell us first where to deliver."))
        return SeeOther(reverse("checkout"))
    view = pages.priced(cart, entered)
    if view.quote.lines and not (view.quote.is_by_email or entered.shipping_address):
        messages.info(request, _("Please tell us first where to deliver."))
        return SeeOther(reverse("checkout"))
    if view.quote.delivery is None or view.quote.delivery.code not in (entered.delivery_option, BY_EMAIL):
        messages.info(request, _("Please choose how we should deliver."))
        return SeeOther(reverse("checkout" if view.quote.lines else "cart"))
    context = pages.payment_page(request, view, entered, chosen=told)
    return render(request, "checkout/purchase/payment.html", context | refused.shown(told, context))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """POST /checkout/place: make the order; to its page, or to the provider's page for shoppers without script. Whoever
    opens the address (the history has it) is led to the step before."""
    if request.method != "POST":
        return SeeOther(reverse("payment"))
    form = forms.PlaceForm(request.POST)
    is_sound = form.is_valid()
    key = form.cleaned_data.get("idempotency_key", "")
    cart = carts.current(request)
    entered = selectors.details_of(cart.pk) if cart else None
    if cart is None or entered is None or key != entered.idempotency_key:
        done = archive.by_key(key) if key else None
        if done is not None:  # a second click, or the back button
            return _to_order(done, is_hosted=False)
    if cart is None or entered is None:
        return _skipped(request, cart)
    if not is_sound or key != entered.idempotency_key:
        return _refused(request, cart, entered, _first_error(form), status=400)
    if is_ratelimited(request, group="place", key="ip", rate="30/10m", increment=True):
        if (mine := selectors.turn(key=key)) is not None:  # in line already: no new try
            return SeeOther(reverse("checkout_turn", args=[mine.token]))
        return _refused(request, cart, entered, _("Too many tries. Please wait a few minutes."), status=429)
    return _place(request, cart, entered, form)


def _place(request: HttpRequest, cart: Any, entered: Any, form: forms.PlaceForm) -> HttpResponse:
    seen = form.cleaned_data["seen_total"]
    chosen = payment_forms.WayForm(
        request.POST, shopper=pages.shopper(request, seen, pages.where_to(entered)), about=cart.pk
    )
    if not chosen.is_valid() or chosen.way is None:
        return _refused(request, cart, entered, _first_error(chosen), status=400)
    details = services.Details(
        email=entered.email,
        shipping_address=entered.shipping_address,
        billing_address=entered.billing_address or entered.shipping_address,
        delivery_option=entered.delivery_option,
        gift_message=entered.gift_message,
        po_number=entered.po_number,
        vat_id=entered.vat_id,
        language=get_language() or "en",
        **chosen.way.wanted(),
    )
    with line.slot() as is_free:
        if not is_free:
            return _queue(request, cart, entered, details, seen)
        try:
            order = services.place_order(
                cart=cart, details=details, seen_total=seen, key=entered.idempotency_key, by=requests.actor(request)
            )
        except _REFUSALS as refusal:
            return _not_placed(request, cart, entered, seen, refusal)
    hand.drop(request)
    return _to_order(order, is_hosted=chosen.way.is_hosted)


_REFUSALS = (services.PurchaseRefused, services.Busy, services.CartChanged, services.CouponUsedUp)


def _not_placed(request: HttpRequest, cart: Any, entered: Any, seen: Any, refusal: Exception) -> HttpResponse:
    """The page on which the shopper can mend what stood in the way. Nothing was charged, no unit is held."""
    if isinstance(refusal, services.OutOfStock):
        return refused.back(request, inventory_error=refusal.message)
    if isinstance(refusal, services.PriceChanged):
        return refused.back(request, seen=seen)
    if isinstance(refusal, services.CouponUsedUp):
        return refused.back(request, error=refusal.message)
    if isinstance(refusal, services.CartChanged):
        return _changed(request, refusal.message)
    if isinstance(refusal, services.Busy):
        return _come_again(request, cart, entered, seconds=10)
    messages.error(request, str(refusal))
    return SeeOther(reverse("cart" if isinstance(refusal, services.CartEmpty) else "checkout"))


def _queue(request: HttpRequest, cart: Any, entered: Any, details: services.Details, seen: Any) -> HttpResponse:
    """Too much at once: to the end of the line, where the order is placed when its turn comes."""
    try:
        click = line.join(
            cart=cart, details=details, seen_total=seen, key=entered.idempotency_key, by=requests.actor(request)
        )
    except services.OutOfStock as refusal:
        return _not_placed(request, cart, entered, seen, refusal)
    except line.LineFull:
        return _come_again(request, cart, entered, seconds=60)
    hand.drop(request)
    return SeeOther(reverse("checkout_turn", args=[click.token]))


@never_cache
@require_safe
def turn(request: HttpRequest, token: str) -> HttpResponse:
    """GET /checkout/line/<token>/: the place in the line; from here the shopper is led on when the turn has come."""
    mine = selectors.turn(token=token)
    if mine is None:
        return _nothing_to_order(request)
    if mine.order_id is not None:
        return _led_on(request, _to_order(orders.by_id(mine.order_id), is_hosted=False))
    if mine.status == "refused":
        messages.error(request, mine.message)
        return _led_on(request, SeeOther(reverse("cart" if mine.code == "cart_empty" else "payment")))
    part = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]
    template = "checkout/purchase/_turn.html" if part else "checkout/purchase/turn.html"
    return render(request, template, pages.turn_page(mine, request.path))


def _led_on(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """A redirect of the whole page, also when only the part that refreshes itself was asked for."""
    if not request.htmx:  # type: ignore[attr-defined]
        return response
    return HttpResponse(headers={"HX-Redirect": response["Location"]})


def _save_details(request: HttpRequest, cart: Any) -> HttpResponse:
    form = forms.DetailsForm(request.POST, country=request.POST.get("country") or settings.DEFAULT_COUNTRY)
    is_sound = form.is_valid()
    is_sound = _is_vat_id_sound(request, form) and is_sound
    view = cart_selectors.view(
        cart,
        currency=settings.DEFAULT_CURRENCY,
        address=form.address or None,
        delivery_option=form.cleaned_data.get("delivery_option"),
        vat_id=form.vat_id_said,
        email=form.cleaned_data.get("email") or "",
    )
    if view.quote.is_by_email:
        form = forms.DetailsForm(request.POST, country=form.rules.country, is_by_email=True)
        is_sound = form.is_valid()
    if not is_sound or not form.check_delivery(view.quote.delivery_options, view.quote.delivery):
        return render(request, "checkout/purchase/details.html", pages.details_page(request, form, view), status=422)
    services.save_details(cart=cart, by=requests.actor(request), vat_id=form.vat_id_said, **form.wanted())
    if not form.is_by_email:
        carts.set_place(cart=cart, address=form.address)
    carts.acknowledge(cart=cart, prices=pages.listed(view))
    return SeeOther(reverse("payment"))


def _is_vat_id_sound(request: HttpRequest, form: forms.DetailsForm) -> bool:
    """False for an id that the register does not know, with an error on the form."""
    problem = vat_ids.problem(form.vat_id_said, form.rules.country, request=request)
    if problem:
        form.add_error("vat_id", problem)
    return not problem


def _to_order(order: Any, *, is_hosted: bool) -> HttpResponse:
    """To the order's page (a guest's with the secret of its link), or first to the provider's own page."""
    if is_hosted:
        key = "" if order.customer_id else f"?key={order.access_key}"
        return SeeOther(reverse("order_payment_page", args=[order.number]) + key)
    if order.customer_id:
        return SeeOther(f"{reverse('order', args=[order.number])}?placed=1")
    return SeeOther(f"{access.url(order)}&placed=1")


def _page(request: HttpRequest, cart: Any, entered: Any, *, status: int, **shown: Any) -> HttpResponse:
    context = pages.payment_page(request, pages.priced(cart, entered), entered)
    return render(request, "checkout/purchase/payment.html", {**context, **shown}, status=status)


def _refused(request: HttpRequest, cart: Any, entered: Any, text: str, *, status: int) -> HttpResponse:
    return _page(request, cart, entered, status=status, error=text)


def _come_again(request: HttpRequest, cart: Any, entered: Any, *, seconds: int) -> HttpResponse:
    text = _("Very many people are ordering at this moment. Please try again in a minute; you were not charged.")
    response = _refused(request, cart, entered, text, status=503)
    response["Retry-After"] = str(seconds)
    return response


def _changed(request: HttpRequest, text: str) -> HttpResponse:
    """The cart changed in another tab while this one paid: show it as it is now and ask again."""
    carts.forget(request)
    return _nothing_to_order(request) if carts.current(request) is None else refused.back(request, error=text)


def _skipped(request: HttpRequest, cart: Any) -> HttpResponse:
    """Paying before saying where to deliver, or without a cart: 409, and the page of the step that is missing."""
    if cart is None:
        messages.info(request, _("Your cart is empty or has expired. You have not been charged."))
        return SeeOther(reverse("cart"))
    form, view = pages.details_form(request, cart, {})
    context = {**pages.details_page(request, form, view), "error": _("Please tell us first where to deliver.")}
    return render(request, "checkout/purchase/details.html", context, status=409)


def _nothing_to_order(request: HttpRequest) -> HttpResponse:
    """To the order that waits for its payment, if what was in the cart became one; else to the cart, whose page says
    that there is nothing in it.
    """
    order = access.unpaid(request)
    return SeeOther(reverse("order", args=[order.number]) if order else reverse("cart"))


def _first_error(form: forms.PlaceForm | payment_forms.WayForm) -> str:
    if form.errors.get("method"):
        return str(form.errors["method"][0])
    return _("Something was missing. Please check the page and pay again; you have not been charged.")
