"""The addresses that search engines read. All of them are everybody's, and kept like pages (`shop.core.pages`)."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from catalog.sitemap import rules, selectors
from shop.core import cache, languages, pages, requests

_XML = "application/xml; charset=utf-8"
# What is somebody's, or has no end. Lists with filters are not here: they say "noindex" themselves, and lead on.
_NOT_READ = ("/admin/", "/api/", "/cart/", "/checkout/", "/account/", "/orders/", "/returns/", "/restock/", "/emails/")


def _changes(**_address: object) -> list[str]:
    return ["sitemap"]


@require_safe
@pages.public(cache.LISTINGS, of=_changes)
def index(request: HttpRequest) -> HttpResponse:
    """The list of sitemaps, each with when something in it changed last."""
    files = [(requests.absolute(reverse("sitemap_pages")), None)]
    rows = [
        (requests.absolute(reverse("sitemap_products", args=[part.start])), part.changed_at)
        for part in selectors.parts()
    ]
    return HttpResponse(rules.index([*files, *rows]), _XML)


@require_safe
@pages.public(cache.LISTINGS, of=_changes)
def products(request: HttpRequest, start: UUID) -> HttpResponse:
    """A part of the products."""
    return _urlset(selectors.products(start))


@require_safe
@pages.public(cache.LISTINGS, of=_changes)
def others(request: HttpRequest) -> HttpResponse:
    """Everything else that is to be found."""
    return _urlset(selectors.others())


def _urlset(found: list[rules.Page]) -> HttpResponse:
    prefixes = [(code, languages.prefix(code)) for code in languages.codes()]
    return HttpResponse(rules.urlset(found, site=settings.SITE_URL, prefixes=prefixes), _XML)


@require_safe
@pages.public()
def robots(request: HttpRequest) -> HttpResponse:
    """What programs may read, and where the sitemap is."""
    prefixes = [languages.prefix(code) for code in languages.codes()]
    hidden = [path for path in _NOT_READ if path in ("/admin/", "/api/")]
    hidden += [f"{prefix}{path}" for prefix in prefixes for path in _NOT_READ if path not in hidden]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in hidden), ""]
    text = "\n".join([*lines, f"Sitemap: {requests.absolute(reverse('sitemap'))}", ""])
    return HttpResponse(text, "text/plain; charset=utf-8", headers={"Cache-Control": "public, max-age=3600"})
