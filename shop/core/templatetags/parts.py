"""`{% part "card" card=card currency=shop.currency %}`: a macro of templates/components/parts.jinja, and
`{% part "frame.header" shop=shop %}`: one of frame.jinja beside it.

Jinja2 draws what a page has dozens of in a quarter of the time that Django's templates take; pages stay Django's.
"""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable
from typing import Any

import jinja2
from django import template
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from markupsafe import Markup

from shop.core import formats
from shop.core.money import Money

register = template.Library()

FOLDER = "components"
_MOST = 4096  # words, prices and figures that each language remembers
_CARDS = 2048  # of 2 to 3 KB each


@register.simple_tag
def part(macro: str, **given: Any) -> SafeString:
    """The HTML of this macro with these arguments, all of them escaped, in the language of the page."""
    file, _dot, name = macro.rpartition(".")
    drawn = getattr(_macros(translation.get_language() or settings.LANGUAGE_CODE, file or "parts"), name)(**given)
    return mark_safe(drawn)  # noqa: S308  # Jinja2 has escaped it


def _macros(language: str, file: str) -> Any:
    return _environment(language).get_template(f"{FOLDER}/{file}.jinja").module


@functools.cache
def _environment(language: str) -> jinja2.Environment:
    """One for each language: asking which one it is, twenty times a card, would take longer than drawing the card."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(settings.BASE_DIR / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=settings.DEBUG,
    )

    def remembered(function: Callable[..., str]) -> Callable[..., str]:
        @functools.lru_cache(maxsize=_MOST)
        def called(*given: Any) -> str:
            with translation.override(language):
                return function(*given)

        return called

    @functools.lru_cache(maxsize=_CARDS)
    def drawn(card: _Same, currency: str, eager: str) -> str:
        return str(_macros(language, "parts").card(card.value, currency, eager))

    made.globals |= {
        "same": lambda card, currency, eager: Markup(drawn(_Same(card), str(currency), eager)),  # noqa: S704  # escaped
        "_": remembered(translation.gettext),
        "url": remembered(reverse),
        "money": remembered(lambda amount: formats.money(amount) if isinstance(amount, Money) else ""),
        "decimal": remembered(formats.decimal),
        "comma": remembered(formats.comma),
        "reviews": remembered(lambda count: translation.ngettext("review", "reviews", count)),
    }
    return made


class _Same:
    """A value that is the same as every other one which is pickled into the same bytes."""

    __slots__ = ("key", "value")

    def __init__(self, value: Any) -> None:
        self.value, self.key = value, pickle.dumps(value, pickle.HIGHEST_PROTOCOL)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)
