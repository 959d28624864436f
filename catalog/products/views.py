"""The product page."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from catalog.customizations.forms import CustomizationsForm
from catalog.products import arriving, gone, live, renamed, showing, structured
from catalog.products import page as product_pages
from catalog.products.page import ProductPage
from shop.accounts import selectors as accounts
from shop.core import cache, pages
from shop.currencies import selectors as currencies
from shop.resilience import switches

_ASKED_IN = ("variant", "option.", "changed", currencies.PARAMETER)


@require_safe
@vary_on_headers("HX-Request", "HX-Target")
@pages.public(
    cache.PRICE_RULES,
    cache.TAXES,
    cache.SHIPPING,
    cache.RETURN_RULES,
    of=showing.pages_of,
    takes=_ASKED_IN,
    reads=[cache.SHED.key("recommendations")],
)
@renamed.led_on
def product_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One product with its chosen variant; 301 from an old slug, 410 with a page that helps when it is archived."""
    found = _found(request, slug)
    if found is None:
        raise Http404
    delivery = arriving.promise(found)
    context = _context(found, currencies.of(request)) | {"delivery": delivery, "live": live.context(found)}
    context |= structured.meta(found, delivery=delivery, returns=context["returns"])
    response = _shown(request, found, context)
    if delivery and delivery["until"]:
        pages.until(response, delivery["until"].timestamp())
    return response


@require_safe
@vary_on_headers("HX-Request")
@pages.public(cache.PRICE_RULES, cache.TAXES, of=showing.pages_of, takes=_ASKED_IN)
@renamed.led_on
def product_options(request: HttpRequest, slug: str) -> HttpResponse:
    """GET /products/<slug>/options/: what there is to choose, and a button, for a sheet over a list; whoever opens it
    as a page is led to the product's own."""
    found = _found(request, slug)
    if found is None or found.is_archived:
        raise Http404
    if not request.htmx or not found.is_sellable:  # type: ignore[attr-defined]
        return HttpResponseRedirect(found.product.get_absolute_url())
    context = _context(found, currencies.of(request)) | {"options_url": reverse("product_options", args=[slug])}
    return render(request, "catalog/products/_quick.html", context)


def _found(request: HttpRequest, slug: str) -> ProductPage | None:
    """The product and the variant that the address means."""
    wanted = {
        name.removeprefix("option."): str(value) for name, value in request.GET.items() if name.startswith("option.")
    }
    return product_pages.product_page(
        slug=slug,
        currency=currencies.of(request),
        price_list=accounts.standing_of(request).price_list,
        sku=request.GET.get("variant", ""),
        wanted=wanted,
        changed=request.GET.get("changed", "").removeprefix("option."),
    )


def _shown(request: HttpRequest, found: ProductPage, context: dict[str, Any]) -> HttpResponse:
    htmx = request.htmx  # type: ignore[attr-defined]
    if not htmx or htmx.boosted or htmx.history_restore_request:
        return render(
            request, "catalog/products/detail.html", context, status=gone.status(is_archived=found.is_archived)
        )
    response = render(request, "catalog/products/_buy.html", context)
    if found.variant is not None and htmx.target != "buy":  # which is the same variant, as it is now
        url = found.product.get_absolute_url()
        response["HX-Replace-Url"] = f"{url}?{urlencode({'variant': found.variant.sku})}"
    return response


def _context(found: ProductPage, currency: str) -> dict[str, Any]:
    product = found.product
    rated = product.rating_count > 0
    brand = {"name": product.brand.name, "url": product.brand.get_absolute_url()} if product.brand else None
    return {
        "breadcrumbs": found.breadcrumbs,
        "product": {
            "id": product.pk,
            "url": product.get_absolute_url(),
            "name": product.name,
            "name_lang": found.name_lang,
            "description_lang": found.description_lang,
            "brand": brand,
            "description_html": found.description_html,
            "rating_average": float(product.rating_average) if rated else None,
            "rating_count": product.rating_count,
            "is_archived": found.is_archived,
            "is_sellable": found.is_sellable,
            "specs": found.specs,
            "highlights": [],
        },
        "variant": found.variant,
        "gallery": found.gallery,
        "options": found.options,
        "parts": found.parts,
        "asked": CustomizationsForm(found.asked, currency=currency) if found.asked else None,
        "tax_note": "" if found.is_money else import_string(settings.PRICE_NOTE)(),
        "returns": arriving.returns(found),
        "reviews_url": reverse("product_reviews", args=[product.slug]),
        "restock_url": "" if found.parts else reverse("restock_ask", args=[product.slug]),
        "shelves_url": ""
        if switches.is_shed("recommendations")
        else reverse("product_recommendations", args=[product.slug]),
        "seen_url": "" if found.is_archived else reverse("product_seen", args=[product.slug]),
    }
