"""What shoppers want for what comes back, and why they do not get it, in words."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from checkout.returns.models import Destination, Return, ReturnLine


def wish(found: Return, lines: Iterable[ReturnLine]) -> str:
    """What the shopper of a return (its `lines` with their order lines) wants for it."""
    are_same = {one.exchange_for == one.order_line.variant_id for one in lines if one.exchange_for is not None}
    if found.wish != Destination.EXCHANGE or True not in are_same:
        return str(found.get_wish_display())
    return _("exchange for another variant, and the same again") if False in are_same else _("the same again")


def exchange(*, has_same: bool, has_other: bool) -> str:
    """What the exchange is called where the same, or other variants, or both may be chosen."""
    if has_same and has_other:
        return _("exchange for another variant, or the same again")
    return _("the same again") if has_same else str(Destination.EXCHANGE.label)


def settled_otherwise() -> str:
    """Why nothing is sent instead although that was wanted: staff chose so."""
    return _("We settled this otherwise than by the exchange that you wanted: you get back what your items are worth.")


def not_exchanged(code: str) -> str:
    """Why something else is given back than what was wanted instead: why the order could not be changed."""
    if code == "out_of_stock":
        return _("Not enough is left of what you wanted instead, so you get back what your items are worth.")
    if code == "not_sellable":
        return _("What you wanted instead is not sold any more, so you get back what your items are worth.")
    return _("What you wanted instead could not be sent, so you get back what your items are worth.")
