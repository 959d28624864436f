"""How a shopper is told that units are not there yet."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from inventory.stock import rules


def notice(have: rules.Availability, wanted: int = 1) -> str:
    """A sentence for `wanted` units that are not all on hand; empty when they are, or cannot be had."""
    state, expected_on = have.state(wanted), have.expected(wanted)
    if state == rules.PREORDER:
        return _("Pre-order: ships %(date)s") % {"date": day(expected_on)} if expected_on else _("Pre-order")
    if state == rules.BACKORDER:
        return (
            _("On backorder: expected by %(date)s") % {"date": day(expected_on)} if expected_on else _("On backorder")
        )
    return ""


def promise(expected_on: date | None) -> str:
    """What an order says of a line that was bought before it was there; empty for others."""
    return _("Expected to ship: %(date)s") % {"date": day(expected_on)} if expected_on else ""


def day(moment: date) -> str:
    """ "March 12, 2027" by locale."""
    return str(date_format(moment, "DATE_FORMAT"))
