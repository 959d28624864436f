"""`{{ row|bdi }}`, `{% bdi line.name line.lang %}`: a name or value that runs its own way, whatever runs around it;
`{{ line.options|bdi_each }}`: each of several.
"""

from collections.abc import Iterable

from django import template
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from shop.core import formats

register = template.Library()

BETWEEN = " · "  # what stands between the parts of a text that says several things


@register.filter
@register.simple_tag
def bdi(text: object, lang: str = "") -> SafeString:
    """`text` as HTML whose direction is that of its own letters, so that "16 GB" stays "16 GB" on an Arabic page; with
    the language that it is in, if that is not the page's. Nothing for nothing.
    """
    if text is None or text == "":
        return SafeString("")
    if lang:
        return format_html('<bdi lang="{}">{}</bdi>', lang, text)
    return format_html("<bdi>{}</bdi>", text)


@register.filter
def bdi_each(said: str | Iterable[str] | None) -> SafeString:
    """Each part of a text ("Moss · 16 GB", in one line or several) as `bdi` has it; of a list, with commas between."""
    if not isinstance(said, str):
        return mark_safe(escape(formats.comma()).join(map(bdi, said or ())))  # noqa: S308  # `bdi` has escaped each
    lines = (BETWEEN.join(map(bdi, line.split(BETWEEN))) for line in said.split("\n"))
    return mark_safe("\n".join(lines))  # noqa: S308  # as above
