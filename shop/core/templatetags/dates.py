"""`{{ order.placed_at|day }}`, `{{ arrives_on|weekday }}`, `{{ step.at|moment }}`: see `shop.core.formats`; nothing for
None.
"""

from datetime import date, datetime

from django import template

from shop.core import formats

register = template.Library()


@register.filter
def day(when: date | None) -> str:
    """ "December 1, 2026" """
    return formats.day(when) if when else ""


@register.filter
def weekday(when: date | None) -> str:
    """ "Tue, Dec 1" """
    return formats.weekday(when) if when else ""


@register.filter
def moment(when: datetime | None) -> str:
    """ "December 1, 2026, 1:31 PM (CST)" """
    return formats.moment(when)
