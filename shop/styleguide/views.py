"""The style guide's page."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.products.cards import Card
from shop.core import colour
from shop.core.money import Money

_TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")
_KINDS = {
    "text": re.compile(r"text-"),
    "space": re.compile(r"s\d+$"),
    "radius": re.compile(r"radius-"),
    "shadow": re.compile(r"shadow-"),
    "motion": re.compile(r"(fast|slow|ease)$"),
}
_LONG = "Hand-thrown stoneware serving bowl with a reactive glaze, two handles and a lid of ash, large"
_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaftsmitgliede"
_SWATCHES = tuple({"name": name, "colour": shade} for name, shade in (("Moss", "#5f6b3a"), ("Clay", "#b5533c")))


class _Example(forms.Form):
    """A form whose answers are wrong."""

    name = forms.CharField(label="Name", max_length=20, help_text="As it stands on the parcel.")
    email = forms.EmailField(label="E-mail")
    size = forms.ChoiceField(label="Size", choices=[("s", "Small"), ("l", "Large")], required=False)
    note = forms.CharField(label="Note", widget=forms.Textarea, required=False)
    is_gift = forms.BooleanField(label="It is a gift", required=False)


@never_cache
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """GET /styleguide/: 404 unless DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    css = (settings.BASE_DIR / "static/css/tokens.css").read_text()
    context = {
        "colours": _colours(css),
        "tokens": {kind: _named(css, pattern) for kind, pattern in _KINDS.items()},
        "cards": _cards(),
        "options": _options(),
        "form": _Example(),
        "wrong": _Example({"name": _WORD, "email": "ada@"}),
        "price": Money(11900, "USD"),
        "before": Money(15900, "USD"),
        "stocks": [{"stock": state, "stock_said": text} for state, text in _STOCKS.items()],
        "pages": _pages(),
        "icons": (
            "bag",
            "person",
            "search",
            "clock",
            "truck",
            "return",
            "lock",
            "filter",
            "close",
            "zoom",
            "plus",
            "check",
        ),
        "long_word": _WORD,
    }
    return render(request, "styleguide/page.html", context)


def _colours(css: str) -> list[dict[str, Any]]:
    """Every colour with its contrast on paper, light and dark."""
    found = colour.pairs(css)
    return [
        {
            "name": name,
            "light": colour.contrast(pair[0], found["paper"][0]),
            "dark": colour.contrast(pair[1], found["paper"][1]),
        }
        for name, pair in found.items()
    ]


def _named(css: str, pattern: re.Pattern[str]) -> list[dict[str, str]]:
    values = dict(reversed(_TOKEN.findall(css)))  # as they are first: not those for who asks for less motion
    return [{"name": name, "value": value} for name, value in reversed(values.items()) if pattern.match(name)]


def _cards() -> list[Card]:
    picture = {"src": static("img/icon.svg"), "width": 640, "height": 800, "alt": ""}

    def card(number: int, name: str, **facts: Any) -> Card:
        shown = {
            "brand": "Fernhill", "picture": picture, "price": Money(11900, "USD"), "regular_price": None,
            "price_from": False, "rating_average": 4.4, "rating_count": 24, "is_in_stock": True, "is_sellable": True,
            "is_quick": True,
        }  # fmt: skip
        return Card(product_id=UUID(int=number), url=f"#card-{number}", name=name, **{**shown, **facts})

    return [
        card(1, "In stock, nothing to choose"),
        card(2, "On sale, with options", regular_price=Money(15900, "USD"), is_quick=False, swatches=_SWATCHES),
        card(3, "Prices from, many colours", price_from=True, is_quick=False, swatches=_SWATCHES, swatches_more=4),
        card(4, "Sold out", is_in_stock=False),
        card(5, "Without a picture or a rating", picture=None, rating_count=0, brand=""),
        card(6, _LONG),
        card(7, _WORD, brand=_WORD),
        card(8, "Not sold in this currency", is_sellable=False),
        card(9, "A laptop, found", name_parts=(("A ", False), ("laptop", True), (", found", False))),
    ]  # fmt: skip


_STOCKS = {"in_stock": "In stock", "low": "Only 3 left", "out": "Sold out"}


def _options() -> list[dict[str, Any]]:
    def value(label: str, **facts: Any) -> dict[str, Any]:
        return {"value": label, "label": label, "is_available": True, "is_possible": True, **facts}

    return [
        {
            "code": "colour",
            "name": _("Colour"),
            "values": [
                value("Moss", colour="#5f6b3a", is_selected=True),
                value("Clay", colour="#b5533c"),
                value("Graphite", colour="#43474b", is_available=False),
            ],
        },
        {
            "code": "size",
            "name": _("Size"),
            "values": [value("S"), value("M", is_selected=True), value("L", is_available=False, is_possible=False)],
        },
    ]


def _pages() -> dict[str, Any]:
    links = [{"number": 1, "url": "?page=1", "is_current": False}, {"number": 2, "url": "?page=2", "is_current": True}]
    return {"number": 2, "count": 9, "previous_url": "?page=1", "next_url": "?page=3", "links": [*links, None]}
