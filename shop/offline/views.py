"""The service worker with what it has to know of this release, the manifest, and the page that is shown offline."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shop.core import pages
from shop.offline import icons

_WORKERS = Path(settings.BASE_DIR) / "static" / "js"
THEMES = {"light": "#fcfefe", "dark": "#0d1416"}  # `--paper` of tokens.css, for those who read no style sheets


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker of this release; with `SERVICE_WORKER=0` one that takes itself and all that was kept away.

    From the root, because a worker works below its own address only.
    """
    name = "worker.js" if settings.SERVICE_WORKER else "worker-off.js"
    script = (_WORKERS / name).read_text(encoding="utf-8")
    body = f"const RELEASE = {json.dumps(_facts())};\n{script}"
    return HttpResponse(body, "text/javascript; charset=utf-8", headers={"Cache-Control": "no-cache"})


def _facts() -> dict[str, Any]:
    return {
        "name": pages.release(),
        "offline": _offline_pages(),
        "files": settings.STATIC_URL,
        "pictures": settings.MEDIA_URL,
    }


def _offline_pages() -> list[str]:
    """The page in each language that has an address of its own, the longest address first."""
    found = set()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.add(reverse("offline"))
    return sorted(found, key=lambda path: (-len(path), path))


@require_safe
@pages.public()
def offline(request: HttpRequest) -> HttpResponse:
    """What the worker keeps from the beginning, and shows where there is no network."""
    response = render(request, "offline.html")
    if pages.is_everybodys(request):
        response["Cache-Control"] = "public, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone or computer needs to install the shop."""
    start = reverse("home")
    facts = {
        "id": "/",
        "name": settings.SHOP_NAME,
        "short_name": settings.SHOP_NAME[:12].strip(),
        "description": _("Good things, honestly described, sent on the day we say."),
        "lang": translation.get_language(),
        "dir": "rtl" if translation.get_language_bidi() else "ltr",
        "start_url": start,
        "scope": "/",
        "display": "standalone",
        "display_override": ["standalone", "minimal-ui"],
        "theme_color": THEMES["light"],
        "background_color": THEMES["light"],
        "categories": ["shopping"],
        "icons": [
            {"src": static("img/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"},
            *(
                {"src": static(f"img/{one.name}"), "sizes": f"{one.size}x{one.size}", "type": "image/png"}
                | {"purpose": "maskable" if one.is_maskable else "any"}
                for one in icons.ICONS
            ),
        ],
        "shortcuts": [
            {"name": _("All products"), "url": reverse("product_list")},
            {"name": _("Cart"), "url": reverse("cart")},
            {"name": _("Find an order"), "url": reverse("order_lookup")},
        ],
    }
    headers = {"Cache-Control": "public, no-cache"}
    return JsonResponse(facts, content_type="application/manifest+json", headers=headers)
