"""`{% styles %}`: the style sheets that every page has."""

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from shop.core import static

register = template.Library()


@register.simple_tag
def styles() -> SafeString:
    """A link for each of `static.sheets`."""
    return format_html_join("\n  ", '<link rel="stylesheet" href="{}">', ((url,) for url in static.sheets()))
