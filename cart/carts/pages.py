"""What the pages of the cart show besides the cart."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from cart.carts import rules, services
from catalog.customizations import forms as customizing
from catalog.customizations.rules import Value
from catalog.products import selectors as products
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
