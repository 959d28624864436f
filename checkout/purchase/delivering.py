"""What the checkout says of each way of delivery: price, days, parcels, and where it is collected."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cart.shipping import words
from cart.shipping.selectors import DeliveryOption, Parcel
from shop.core import formats

SOON = timedelta(hours=24)  # a deadline that is further away hurries nobody


def option(one: DeliveryOption, *, is_selected: bool) -> dict[str, Any]:
    """A way of delivery as the template shows it."""
    return {
        "id": one.code,
        "name": one.name,
        "price": one.price,
        "arrives": words.arrives(one),
        "deadline": deadline(one),
        "parcels": [_parcel(parcel) for parcel in one.parcels] if len(one.parcels) > 1 else [],
        "place": place_lines(one),
        "opening_hours": one.place.opening_hours if one.place else "",
        "is_selected": is_selected,
    }


def deadline(one: DeliveryOption) -> str:
    """ "if you order by 2:00 PM (CST) today", behind the day of arrival, by the clock of who sends it; nothing where
    that is no matter, or a day away. A time of the day, and no clock that runs down: it is there to plan by."""
    before = one.order_before
    if before is None or one.quoted_at is None or not timedelta(minutes=1) <= before - one.quoted_at < SOON:
        return ""
    is_today = one.quoted_at.astimezone(before.tzinfo).date() == before.date()
    said = (
        _("if you order by %(time)s (%(zone)s) today")
        if is_today
        else _("if you order by %(time)s (%(zone)s) tomorrow")
    )
    return said % {"time": formats.clock(before.time()), "zone": formats.zone(before)}


def place_lines(one: DeliveryOption) -> list[str]:
    """The address at which it is collected, in the shop's own country without that; nothing for what is delivered."""
    if one.place is None:
        return []
    return [one.place.name, *words.address_lines(one.place.address)]


def _parcel(one: Parcel) -> str:
    said = ngettext("%(count)s item, arrives %(date)s", "%(count)s items, arrive %(date)s", one.units)
    line = said % {"count": one.units, "date": words.day(one.arrives_on)}
    return _("%(line)s from %(place)s") % {"line": line, "place": one.origin} if one.origin else line
