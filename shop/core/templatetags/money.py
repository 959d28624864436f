"""`{{ price|money }}`: an amount for people, in the language of the page."""

from django import template
from django.utils.translation import get_language

from shop.core.money import Money

register = template.Library()


@register.filter
def money(amount: Money | None) -> str:
    """`amount` by the active locale ("$1,234.50"); nothing for None."""
    if amount is None:
        return ""
    return amount.format(get_language() or "en")
