"""`{% styles %}`, `{% scripts %}`: the style sheets and modules of every page; `{% script "js/list.js" %}`: one more.

Scripts are named by links that no browser follows: js/first.js fetches and starts them when the page is drawn, so that
they never take a slow network from what the page shows.
"""

from django import template
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from shop.core import static

register = template.Library()

_MODULE = '<link rel="script" href="{}" type="module">'


@register.simple_tag
def styles() -> SafeString:
    """A link for each of `static.sheets`."""
    return format_html_join("\n  ", '<link rel="stylesheet" href="{}">', ((url,) for url in static.sheets()))


@register.simple_tag
def scripts() -> SafeString:
    """A link for each of `static.scripts`."""
    return format_html_join("\n  ", _MODULE, ((url,) for url in static.scripts()))


@register.simple_tag
def script(name: str) -> SafeString:
    """A link for the module of this name in static/."""
    return format_html(_MODULE, staticfiles_storage.url(name))
