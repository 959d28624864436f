"""What the pages of the cart show besides the cart."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django_countries import countries

from cart.carts import forms, rules, selectors, services
from cart.carts.models import Cart
from catalog.customizations import forms as customizing
from catalog.customizations.rules import Value
from catalog.products import selectors as products
from shop.accounts import selectors as accounts
from shop.currencies import selectors as currencies

_KEPT = ("product", "variant", "sku", "quantity", "next", "token")


def undo(variant_id: str | None, quantity: str | None, customizations: dict[str, Value]) -> dict[str, Any] | None:
    """What the page needs to offer putting a removed line back; None when the parameters make no sense."""
    units = rules.quantity_of(quantity or "")
    if not _is_id(variant_id) or not units:
        return None
    return {
        "text": _("Removed from your cart."),
        "url": reverse("cart_add"),
        "fields": [
            {"name": "variant", "value": variant_id},
            {"name": "quantity", "value": units},
            {"name": "next", "value": reverse("cart")},
            *customizing.hidden(customizations),
        ],
    }


def place_form(cart: Cart | None) -> forms.PlaceForm:
    """Where the goods go, as was said last."""
    known = (cart.place if cart else None) or {"country": settings.DEFAULT_COUNTRY}
    return forms.PlaceForm(initial=known, country=known["country"])


def place_name(cart: Cart | None) -> str:
    """That in words: "Germany, 10115"; empty where nothing was said."""
    place = cart.place if cart and cart.place else {}
    return ", ".join(filter(None, [str(countries.name(place.get("country", ""))), place.get("postal_code")]))


def asked(request: HttpRequest, offer: products.Offer) -> customizing.CustomizationsForm:
    """What a product asks, with what was answered and what is wrong with it."""
    form = customizing.CustomizationsForm(offer.asked, currency=currencies.of(request), data=request.POST)
    form.is_valid()
    return form


def asked_of_added(request: HttpRequest, variant_id: UUID) -> customizing.CustomizationsForm | None:
    """The same of what went into the cart, so that what was wrong before is not said any more; None without answers."""
    if not customizing.given(request.POST):
        return None
    offers = products.offers([variant_id], currency=currencies.of(request))
    return asked(request, offers[variant_id])


def added(
    request: HttpRequest, *, line_id: UUID | None = None, error: str = "", refused: services.CartRefused | None = None
) -> HttpResponse:
    """The notification after an add, for htmx."""
    line = None
    found = services.current(request)
    if line_id is not None and found is not None:
        shown = selectors.view(found, currency=currencies.of(request), standing=accounts.standing_of(request))
        line = next((one for one in shown.lines if one.id == line_id), None)
        request.holdfast_cart_units = shown.unit_count  # type: ignore[attr-defined]
    context: dict[str, Any] = {"line": line, "cart_count": selectors.count(request), "error": error}
    if isinstance(refused, services.BadCustomizations):
        context["asked"] = asked(request, refused.offer)
    elif line is not None:
        context["asked"] = asked_of_added(request, line.variant_id)
    return render(request, "cart/carts/_added.html", context)


def ask_again(request: HttpRequest, refused: services.BadCustomizations) -> HttpResponse:
    """A page that asks for what is missing or wrong, sends what was posted once more, and loses nothing of it."""
    known = {one.code for one in refused.offer.asked}
    context = {
        "offer": refused.offer,
        "asked": asked(request, refused.offer),
        "problems": [text for code, text in refused.fields.items() if code not in known],
        "url": request.path,
        "fields": [{"name": name, "value": request.POST[name]} for name in _KEPT if name in request.POST],
    }
    return render(request, "cart/carts/personalise.html", context, status=400)


def _is_id(value: str | None) -> bool:
    try:
        UUID(value or "")
    except ValueError:
        return False
    return True
