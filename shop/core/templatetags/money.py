"""`{{ price|money }}`: an amount for people, in the language of the page; and what else money is paid with."""

import re

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


@register.filter
def in_fours(text: str) -> str:
    """An IBAN in groups of four, as on paper ("GB33 BUKB 2020 ..."): what lines break between. Else what it is."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", str(text)):
        return text
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))
