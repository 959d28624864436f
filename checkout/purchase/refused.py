"""What stood in the way of an order is said on the payment page, which is asked for after it: the page that says so can
be left, loaded again and come back to as every other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from checkout.payments import forms
from shop.core.money import Money
from shop.core.responses import SeeOther

_KEY = "checkout_refused"


def back(request: HttpRequest, *, seen: Money | None = None, **told: str) -> HttpResponse:
    """To the payment page, which says it once: `error`, `inventory_error`, or that the total is not `seen` any more.
    The way to pay that was chosen is kept."""
    told["method"] = request.POST.get("method", "")
    if seen is not None:
        told["seen"] = str(seen)
    request.session[_KEY] = {name: text for name, text in told.items() if text}
    return SeeOther(reverse("payment"))


def kept(request: HttpRequest) -> dict[str, str]:
    """What `back` has kept, which is forgotten by this."""
    found: dict[str, str] = request.session.pop(_KEY, {})
    return found


def shown(told: Mapping[str, str], context: Mapping[str, Any]) -> dict[str, Any]:
    """What of it is still to be said on the payment page of this context."""
    found: dict[str, Any] = {name: told[name] for name in ("error", "inventory_error") if told.get(name)}
    if "seen" in told and told["seen"] != context["seen_total"]:
        clean = forms.SeenTotalField().clean
        found["price_changed"] = {"old": clean(told["seen"]), "new": clean(context["seen_total"])}
    return found
