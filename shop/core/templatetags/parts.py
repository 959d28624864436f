"""`{% part "card" card=card currency=shop.currency %}`: a macro of templates/components/parts.jinja.

Jinja2 draws what a page has dozens of in a quarter of the time that Django's templates take; pages stay Django's.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import jinja2
from django import template
from django.conf import settings
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe

from shop.core.money import Money

register = template.Library()

FILE = "components/parts.jinja"
_MOST = 4096  # words, prices and figures that each language remembers


@register.simple_tag
def part(macro: str, **given: Any) -> SafeString:
    """The HTML of this macro of `FILE` with these arguments, all of them escaped, in the language of the page."""
    drawn = getattr(_parts(translation.get_language() or settings.LANGUAGE_CODE), macro)(**given)
    return mark_safe(drawn)  # noqa: S308  # Jinja2 has escaped it


def _parts(language: str) -> Any:
    return _environment(language).get_template(FILE).module


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

    made.globals |= {
        "_": remembered(translation.gettext),
        "url": remembered(reverse),
        "money": remembered(lambda amount: amount.format(language) if isinstance(amount, Money) else ""),
        "decimal": remembered(lambda number: floatformat(number, 1)),
        "reviews": remembered(lambda count: translation.ngettext("review", "reviews", count)),
    }
    return made
