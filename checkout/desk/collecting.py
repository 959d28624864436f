"""What an order's page says of one that its buyer collects: what is ready, by when, where, and when that is open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from checkout.orders import where
from shop.core import formats

_DONE = {"shipped", "delivered"}
_OVER = {"cancelled", "returned", "refunded"}


def place(order: Any, ready: str) -> dict[str, Any] | None:
    """Where it is collected, for the page; None where it is not, or nothing is left to collect. `ready`: by when, in
    words."""
    found = where.place(order)
    if found is None or order.status in _OVER:
        return None
    return {"name": found.name, "lines": found.lines, "opening_hours": found.opening_hours, "ready": ready}


def headline(order: Any, parcels: Sequence[Any]) -> str:
    """Where it stands, in a few words, where that differs from what is sent; else nothing."""
    gone = [one for one in parcels if one.shipped_at]
    if order.status not in _DONE and gone:
        return _("You have collected a part of your order")
    if is_ready(order, parcels):
        return _("Ready for you to collect")
    return _("You have collected your order") if order.status in _DONE else ""


def is_ready(order: Any, parcels: Sequence[Any]) -> bool:
    """Whether everything that has not been collected waits for its buyer."""
    here = [one for one in parcels if not one.shipped_at]
    return order.status not in _OVER and bool(here) and all(one.status == "picked" for one in here)


def what_next(order: Any, parcels: Sequence[Any], *, is_held: bool, is_late: bool, ready: str) -> str:
    """What happens next and where. `is_held`: what is here waits for money; `ready`: by when, in words, or
    nothing where no day holds (any more)."""
    found = where.place(order)
    told = {"place": found.name if found else ""}
    if is_ready(order, parcels) and not is_held:
        hours = _("Open: %(hours)s.") % {"hours": found.opening_hours} if found and found.opening_hours else ""
        return " ".join(filter(None, (_("It waits for you at %(place)s.") % told, hours)))
    if order.status in _DONE and all(one.shipped_at for one in parcels):
        return _collected(parcels)
    if is_late:
        late = _("It should have been ready by %(date)s and is late. We are sorry; write to us if you worry.")
        return " ".join((_("We write to you when it is ready."), late % {"date": formats.weekday(order.delivery_on)}))
    words = _("%(ready)s at %(place)s.") % {**told, "ready": ready} if ready else ""
    return " ".join(filter(None, (words, _("We write to you when it is ready."))))


def _collected(parcels: Sequence[Any]) -> str:
    last = max((one.shipped_at for one in parcels if one.shipped_at), default=None)
    if last is None:
        return _("If something is missing or wrong, tell us.")
    return _("You collected it on %(date)s. If something is missing or wrong, tell us.") % {
        "date": formats.weekday(last)
    }
