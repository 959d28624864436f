"""What search engines read of a page as data: schema.org as JSON-LD. Says nothing that the page does not say."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from shop.core import requests

CONTEXT = "https://schema.org"
DESCRIBED = 155  # characters that search engines show of a description
_BETWEEN = re.compile(r"</(?:p|li|h\d|tr|div|td|th)>|<br ?/?>", re.IGNORECASE)


def script(data: Mapping[str, Any]) -> SafeString:
    """As it stands in a script element, which nothing within can end."""
    text = json.dumps({"@context": CONTEXT, **data}, ensure_ascii=False)
    safe = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return mark_safe(safe)  # noqa: S308  (no character is left that HTML knows)


def described(text: str, length: int = DESCRIBED) -> str:
    """A text, perhaps with HTML in it, in one line of so many characters at most."""
    plain = html.unescape(strip_tags(_BETWEEN.sub(" ", text)))
    return str(Truncator(" ".join(plain.split())).chars(length))


def breadcrumbs(crumbs: Sequence[Mapping[str, str | None]]) -> dict[str, Any]:
    """The way to the page, as it stands above it: `crumbs` are {label, url}, the last one without an address."""
    items = []
    for position, crumb in enumerate(crumbs, start=1):
        item: dict[str, Any] = {"@type": "ListItem", "position": position, "name": crumb["label"]}
        if crumb["url"]:
            item["item"] = requests.absolute(crumb["url"])
        items.append(item)
    return {"@type": "BreadcrumbList", "itemListElement": items}


def item_list(paths: Sequence[str], *, first: int = 1) -> dict[str, Any]:
    """What is listed, in its order, from place `first` of the whole list on."""
    items = [
        {"@type": "ListItem", "position": position, "url": requests.absolute(path)}
        for position, path in enumerate(paths, start=first)
    ]
    return {"@type": "ItemList", "itemListElement": items}


def organization() -> dict[str, Any]:
    """Whose shop it is."""
    home = requests.absolute("/")
    found = {
        "@type": "Organization",
        "@id": f"{home}#shop",
        "name": settings.SHOP_NAME,
        "url": home,
        "logo": requests.absolute(static("img/icon-512.png")),
    }
    return found | ({"email": settings.SUPPORT_EMAIL} if settings.SUPPORT_EMAIL else {})


def website() -> dict[str, Any]:
    """The site, and how it is searched."""
    home = requests.absolute(reverse("home"))
    return {
        "@type": "WebSite",
        "name": settings.SHOP_NAME,
        "url": home,
        "publisher": {"@id": f"{requests.absolute('/')}#shop"},
        "potentialAction": {
            "@type": "SearchAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": f"{requests.absolute(reverse('product_list'))}?q={{search_term_string}}",
            },
            "query-input": "required name=search_term_string",
        },
    }


def picture(shown: Mapping[str, Any] | None) -> dict[str, Any]:
    """Of a page, for who shares it: {src (a whole address), width, height, alt}. Without one, the shop's mark."""
    if not shown or not shown.get("src"):
        src, alt = static("img/icon-512.png"), settings.SHOP_NAME
        return {"src": requests.absolute(src), "width": 512, "height": 512, "alt": alt}
    src = str(shown["src"])
    return {
        "src": requests.absolute(src) if src.startswith("/") else src,
        "width": shown.get("width"),
        "height": shown.get("height"),
        "alt": shown.get("alt") or "",
    }
