"""`{{ price|money }}`: an amount for people, in the language of the page; and what else money is paid with."""

from django import template

from shop.core import formats, iban
from shop.core.money import Money

register = template.Library()


@register.filter
def money(amount: Money | str | None) -> str:
    """`amount` by the active locale ("$1,234.50"); nothing for None. Mails have theirs in words already."""
    return amount if isinstance(amount, str) else "" if amount is None else formats.money(amount)


@register.filter
def minus(amount: Money | str | None) -> str:
    """What is taken off ("−$12.50"); nothing for None. Mails have theirs in words already."""
    return "" if amount is None else formats.minus(amount)


@register.filter
def in_fours(text: str) -> str:
    """See `iban.in_fours`."""
    return iban.in_fours(text)
