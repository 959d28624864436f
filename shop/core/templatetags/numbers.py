"""`{{ order.number|unbroken }}`: a number that no line ends within."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def unbroken(number: str) -> SafeString:
    """`number` as HTML that stays on one line, although it has hyphens."""
    return format_html('<span class="nowrap">{}</span>', number)
