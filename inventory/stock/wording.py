"""How a shopper is told that units are not there yet."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.stock import rules
from shop.core import formats


def notice(have: rules.Availability, wanted: int = 1) -> str:
    """A sentence for `wanted` units that are not all on hand; empty when they are, or cannot be had."""
    state, expected_on = have.state(wanted), have.expected(wanted)
    if state in (rules.PREORDER, rules.BACKORDER) and have.on_hand > 0:
        return _split(state, have.on_hand, wanted - have.on_hand, expected_on)
    if state == rules.PREORDER:
        return _("Pre-order: ships %(date)s") % {"date": day(expected_on)} if expected_on else _("Pre-order")
    if state == rules.BACKORDER:
        return (
            _("On backorder: expected by %(date)s") % {"date": day(expected_on)} if expected_on else _("On backorder")
        )
    return ""


def said(state: str, notice: str, on_hand: int | None) -> str:
    """What a product's page says of it. `notice`: what is said where not all units are on hand; `on_hand`: how many
    are, where they are few.
    """
    if state == "out":
        return _("Sold out")
    if state == "low" and not notice and on_hand is not None:
        return ngettext("Only %(n)s left", "Only %(n)s left", on_hand) % {"n": on_hand}
    return notice or _("In stock")


def left(have: rules.Availability) -> str:
    """Units on hand of which more may be sold than that; empty where there are none, or no more than these."""
    if not 0 < have.on_hand < have.units:
        return ""
    text = (
        _("%(count)d in stock, more can be pre-ordered")
        if have.is_preorder
        else _("%(count)d in stock, more on backorder")
    )
    return text % {"count": have.on_hand}


def _split(state: str, now: int, later: int, expected_on: date | None) -> str:
    parts = {"now": now, "later": later, "date": day(expected_on) if expected_on else ""}
    if state == rules.PREORDER:
        dated, plain = (
            _("%(now)d in stock, %(later)d on pre-order: ships %(date)s"),
            _("%(now)d in stock, %(later)d on pre-order"),
        )
    else:
        dated, plain = (
            _("%(now)d in stock, %(later)d on backorder: expected by %(date)s"),
            _("%(now)d in stock, %(later)d on backorder"),
        )
    return (dated if expected_on else plain) % parts


def promise(expected_on: date | None) -> str:
    """What an order says of a line that was bought before it was there; empty for others."""
    return _("Expected to ship: %(date)s") % {"date": day(expected_on)} if expected_on else ""


def day(moment: date) -> str:
    """ "March 12, 2027" by locale."""
    return formats.day(moment)
