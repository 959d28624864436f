"""`{% for one in canonical_url|alternates %}`: the same page in every language of the shop."""

from django import template

from shop.core import languages

register = template.Library()


@register.filter
def alternates(url: str) -> list[languages.Alternate]:
    """See `languages.alternates`; an address with a host has one in every language."""
    return languages.alternates(url)
