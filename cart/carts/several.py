"""Several products into the cart at once: what is bought together."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from cart.carts import access, selectors, services
from catalog.products import selectors as products
from shop.core import requests
from shop.core.origins import same_origin
from shop.core.responses import SeeOther

MOST = 6  # products


@require_POST
@same_origin
def add_all(request: HttpRequest) -> HttpResponse:
    """POST /cart/add-all/: `product` (up to six), one unit of each; `variant` is that of the first one. What cannot be
    put in is said; the others are."""
    names, problems = [], []
    for product_id, variant_id in _wanted(request):
        known = products.variant_of(product_id=product_id, variant_id=variant_id)
        if known is None:
            problems.append(_("This product does not exist."))
            continue
        try:
            line = services.put(request, variant_id=known, quantity=1, by=requests.actor(request))
            names.append(str(line.name))
        except services.CartRefused as refused:
            problems.append(f"{products.name_of(product_id)}: {refused.message}")
    found = services.current(request)
    units = sum(line.quantity for line in selectors.lines_of(found.pk)) if found else 0
    request.holdfast_cart_units = units  # type: ignore[attr-defined]
    return _answer(request, names, problems)


def _wanted(request: HttpRequest) -> list[tuple[UUID, UUID | None]]:
    """Products, and of the first one the variant; what is no id is left out."""
    ids = [found for text in request.POST.getlist("product")[:MOST] if (found := _uuid(text)) is not None]
    variant = _uuid(request.POST.get("variant", ""))
    return [(one, variant if place == 0 else None) for place, one in enumerate(dict.fromkeys(ids))]


def _answer(request: HttpRequest, names: list[str], problems: list[str]) -> HttpResponse:
    count = len(names)
    said = ngettext("%(count)s product is in your cart now.", "%(count)s products are in your cart now.", count)
    text = said % {"count": count} if names else ""
    response: HttpResponse
    if request.htmx:  # type: ignore[attr-defined]
        context = {"text": text, "names": names, "problems": problems, "cart_count": selectors.count(request)}
        response = render(request, "cart/carts/_added_all.html", context)
    else:
        if text:
            messages.success(request, text, extra_tags="cart-notification")
        for problem in problems:
            messages.error(request, problem)
        response = SeeOther(reverse("cart"))
    found = services.current(request)
    if found is not None and found.customer_id is None:
        access.remember(response, token=found.token)
    return response


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
