"""The cart page and what is posted to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django_ratelimit.core import is_ratelimited

from cart.carts import access, beside, forms, live, pages, rules, selectors, services
from cart.promotions import rules as codes
from catalog.customizations import forms as customizing
from catalog.customizations.rules import Value
from catalog.products import selectors as products
from catalog.restock import access as restock
from shop.accounts import selectors as accounts
from shop.core import requests
from shop.core.origins import same_origin
from shop.core.responses import SeeOther
from shop.currencies import selectors as currencies

_BAD_REQUEST = (services.BadQuantity, services.UnknownVariant)


@require_safe
@never_cache
def cart(request: HttpRequest) -> HttpResponse:
    """GET /cart/ `?removed=<variant>&quantity=` (offers to put it back)."""
    return _page(request, undo=pages.undo(request.GET.get("removed"), request.GET.get("quantity"), {}))


@require_POST
@same_origin
def add(request: HttpRequest) -> HttpResponse:
    """POST /cart/add/: `product`, `variant` or `sku`, `option.*`, `custom-*`, `quantity` (1), `next`. No price is read.

    With `show` nothing is put in: to the product's page with these options (without script the same form asks both, and
    a form that is sent by GET would put its CSRF token into the address).
    """
    if "show" in request.POST:
        return _show(request)
    try:
        line = _add(request)
    except services.CartRefused as refused:
        return _refuse_add(request, refused)
    _count_again(request)
    if request.htmx and request.htmx.target == "cart":  # type: ignore[attr-defined]  # "put it back", on the cart page
        return _page(request)
    if request.htmx:  # type: ignore[attr-defined]
        return _remember(request, pages.added(request, line_id=line.id))
    text = _("Added to your cart: %(name)s") % {"name": line.name}
    messages.success(request, text, extra_tags="cart-notification")
    return _remember(request, SeeOther(_next(request)))


@require_POST
def claim(request: HttpRequest) -> HttpResponse:
    """POST /cart/claim/: `token` of a waiting line's link; what is held for it goes into the cart."""
    token = request.POST.get("token", "")
    entry_id = restock.entry_of(token)
    if entry_id is None:
        raise Http404
    try:
        cart, given = services.begun(request), customizing.given(request.POST)
        services.claim(cart=cart, entry_id=entry_id, by=_by(request), customizations=given)
    except services.BadCustomizations as refused:
        return pages.ask_again(request, refused)
    except services.CartRefused as refused:
        messages.error(request, refused.message)
        return SeeOther(reverse("restock_place", args=[token]))
    return _remember(request, SeeOther(reverse("cart")))  # which says until when it is held


@require_POST
def change(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """POST /cart/lines/<id>/: `quantity`; 0 removes."""
    quantity = rules.quantity_of(request.POST.get("quantity", ""))
    return _change(request, line_id, -1 if quantity is None else quantity)


@require_POST
def remove(request: HttpRequest, line_id: UUID) -> HttpResponse:
    """POST /cart/lines/<id>/remove/"""
    return _change(request, line_id, 0)


@require_POST
def coupon(request: HttpRequest) -> HttpResponse:
    """POST /cart/coupon/: `code` adds one, `remove` takes one off."""
    found = services.current(request)
    if found is None:
        return SeeOther(reverse("cart"))
    if taken := request.POST.get("remove"):
        services.remove_coupon(cart=found, code=codes.canonical(taken), by=_by(request))
        return _answer(request)
    form = forms.CouponForm(request.POST)
    if not form.is_valid():
        return _answer(request, error=_("Please enter a coupon code."), coupon_form=form)
    if is_ratelimited(request, group="coupon", key="ip", rate="15/10m", increment=True):
        return _page(request, error=_("Too many tries. Please wait a few minutes."), status=429)
    code = codes.canonical(form.cleaned_data["code"])
    shown = selectors.view(found, currency=currencies.of(request), with_code=code)
    code = selectors.coupon_of(shown, code)
    problem = selectors.objection(shown, code)
    if problem:
        form.add_error("code", problem)
        return _answer(request, error=problem, coupon_form=form)
    services.add_coupon(cart=found, code=code, by=_by(request))
    return _answer(request)


@require_POST
def place(request: HttpRequest) -> HttpResponse:
    """POST /cart/place/: `country`, `state`, `postal_code` that the cart is to be priced for. What is left out may be
    said later, when the page asks for the parts that the country's addresses have."""
    found = services.current(request)
    if found is None:
        return SeeOther(reverse("cart"))
    form = forms.PlaceForm(request.POST, country=request.POST.get("country", ""))
    if not form.is_valid():
        return _page(request, place_form=form, status=422)
    services.set_place(cart=found, address=form.cleaned_data)
    return _answer(request, is_place_open=form.asks_more)


def _add(request: HttpRequest) -> Any:
    quantity = rules.quantity_of(request.POST.get("quantity", "1"))
    if quantity is None or not 1 <= quantity <= rules.MAX_QUANTITY:
        raise services.BadQuantity(_("Choose a whole number from 1 to %(most)s.") % {"most": rules.MAX_QUANTITY})
    variant_id = _variant(request)
    if variant_id is None:
        raise services.UnknownVariant(_("This product does not exist."))
    given = customizing.given(request.POST)
    return services.put(request, variant_id=variant_id, quantity=quantity, by=_by(request), customizations=given)


def _show(request: HttpRequest) -> HttpResponse:
    options = {name: str(value) for name, value in request.POST.items() if name.startswith("option.")}
    variant_id = products.variant_of(product_id=_uuid(request.POST.get("product")))
    offer = products.offers([variant_id], currency=currencies.of(request)).get(variant_id) if variant_id else None
    if offer is None:
        return SeeOther(reverse("product_list"))
    return SeeOther(f"{offer.url.partition('?')[0]}?{urlencode(options)}")


def _variant(request: HttpRequest) -> UUID | None:
    """The variant that the form means: chosen options win over `variant`, that over the product's default one."""
    post = request.POST
    product_id, variant_id = (
        _uuid(post.get("product") or post.get("product_id")),
        _uuid(post.get("variant") or post.get("variant_id")),
    )
    options = {name.removeprefix("option."): str(value) for name, value in post.items() if name.startswith("option.")}
    if product_id and options:
        chosen = products.variant_of_options(product_id=product_id, options=options)
        if chosen is not None:
            return chosen
    if not (product_id or variant_id or post.get("sku")):
        return None
    return products.variant_of(product_id=product_id, variant_id=variant_id, sku=post.get("sku"))


def _refuse_add(request: HttpRequest, refused: services.CartRefused) -> HttpResponse:
    if request.htmx:  # type: ignore[attr-defined]
        return pages.added(request, error=refused.message, refused=refused)
    if isinstance(refused, services.BadCustomizations):
        return pages.ask_again(request, refused)
    if isinstance(refused, _BAD_REQUEST):
        return _page(request, error=refused.message, status=400)
    messages.error(request, refused.message)
    return SeeOther(_next(request))


def _change(request: HttpRequest, line_id: UUID, quantity: int) -> HttpResponse:
    found = services.current(request)
    if found is None:
        return _gone(request)
    before = next((line for line in selectors.lines_of(found.pk) if line.id == line_id), None)
    try:
        if before is None:
            raise services.UnknownLine(_("This product is not in your cart any more."))
        services.set_quantity(cart=found, line_id=line_id, quantity=quantity, by=_by(request))
    except services.BadQuantity as refused:
        return _page(request, error=refused.message, status=400)
    except services.UnknownLine:
        return _gone(request)
    except services.CartRefused as refused:
        return _answer(request, error=refused.message)
    if quantity == 0:
        return _answer(request, removed=(str(before.variant_id), before.quantity, before.customizations))
    return _answer(request)


def _gone(request: HttpRequest) -> HttpResponse:
    """A line that is not in this visitor's cart: a second click, or somebody else's."""
    return _page(request, error=_("This product is not in your cart any more."), status=404)


def _answer(
    request: HttpRequest,
    *,
    error: str = "",
    removed: tuple[str, int, dict[str, Value]] | None = None,
    coupon_form: Any = None,
    is_place_open: bool = False,
) -> HttpResponse:
    """After a change: the new cart for htmx, a redirect to it otherwise. What somebody wrote goes into no address."""
    if request.htmx or coupon_form is not None or (removed and removed[2]):  # type: ignore[attr-defined]
        undo = pages.undo(removed[0], str(removed[1]), removed[2]) if removed else None
        return _page(request, error=error, undo=undo, coupon_form=coupon_form, is_place_open=is_place_open)
    if error:
        messages.error(request, error)
    query = f"?removed={removed[0]}&quantity={removed[1]}" if removed else ""
    return SeeOther(reverse("cart") + query)


def _page(
    request: HttpRequest,
    *,
    error: str = "",
    undo: Any = None,
    coupon_form: Any = None,
    place_form: Any = None,
    is_place_open: bool = False,
    status: int = 200,
) -> HttpResponse:
    found = services.current(request)
    if found is not None:
        services.prolong(cart=found)
    shown = selectors.view(found, currency=currencies.of(request), standing=accounts.standing_of(request))
    request.holdfast_cart_units = shown.unit_count  # type: ignore[attr-defined]
    context = {
        "cart": shown,
        "quote": shown.summary,
        "coupon_form": coupon_form or forms.CouponForm(),
        "place_form": place_form or pages.place_form(found),
        "place_name": pages.place_name(found),
        "is_place_open": is_place_open,
        "coupons": [{"code": row.code, "label": row.label} for row in shown.coupons],
        "can_checkout": shown.can_checkout,
        "shelves_url": beside.url(),
        "live": live.context(shown),
        "undo": undo,
        "error": error,
    }
    is_fragment = request.htmx and not request.htmx.boosted and request.method == "POST"  # type: ignore[attr-defined]
    template = "cart/carts/_cart.html" if is_fragment else "cart/carts/cart.html"
    shown_status = 200 if is_fragment else status  # htmx swaps only answers that went well
    response = render(request, template, context, status=shown_status)
    if is_fragment:
        response["HX-Trigger"] = "cart-changed"  # what is shown beside the cart follows
    return _remember(request, response)


def _next(request: HttpRequest) -> str:
    """Where a form without script goes back to: a path of this shop, or the cart."""
    target = request.POST.get("next", "")
    allowed = url_has_allowed_host_and_scheme(target, allowed_hosts=None) and target.startswith("/")
    return target if allowed else reverse("cart")


def _remember(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Keep a guest's cart cookie alive."""
    found = services.current(request)
    if found is not None and found.customer_id is None:
        access.remember(response, token=found.token)
    return response


def _count_again(request: HttpRequest) -> None:
    request.holdfast_cart_units = None  # type: ignore[attr-defined]


def _by(request: HttpRequest) -> str:
    return requests.actor(request)


def _uuid(value: str | None) -> UUID | None:
    try:
        return UUID(value or "")
    except ValueError:
        return None
