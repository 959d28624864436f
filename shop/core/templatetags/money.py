"""`{{ price|money }}`: an amount for people, in the language of the page; and what else money is paid with."""

from django import template
from django.utils.translation import get_language

from shop.core import iban
from shop.core.money import Money

register = template.Library()


@register.filter
def money(amount: Money | None) -> str:
    """`amount` by the active locale ("$1,234.50"); nothing for None."""
    if amount is None:
        return ""
    return amount.format(get_language() or "en")


@register.filter
def in_fours(text: str) -> str:
    """See `iban.in_fours`."""
    return iban.in_fours(text)
