"""The parcels of an order as its shopper sees them, and the page that follows one of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from checkout.changes import rules as change_rules
from checkout.desk import wording
from checkout.orders import lines as order_lines
from checkout.orders import where
from inventory.stock import wording as stock_wording
from shop.core import formats

_STATES = {
    "open": gettext_lazy("We are packing it"),
    "picked": gettext_lazy("Packed, waits for the carrier"),
    "shipped": gettext_lazy("On its way"),
    "delivered": gettext_lazy("Delivered"),
}
_COLLECTED = {**_STATES, "picked": gettext_lazy("Ready to collect")}
_PROBLEMS = {
    "lost": gettext_lazy("The carrier has lost it. We are looking into it and write to you."),
    "returned_to_sender": gettext_lazy("It could not be delivered and comes back to us. We write to you."),
}


def rows(order: Any, shipments: Sequence[Any], *, query: str = "", owing: Any = None) -> list[dict[str, Any]]:
    """Every parcel (lines prefetched), in the order they were opened. One alone is shown once there is news of it.

    `owing`: what is still to be paid of the order.
    """
    shown = [row(order, one, position, query=query, owing=owing) for position, one in enumerate(shipments, start=1)]
    return shown if len(shown) > 1 else [one for one in shown if one["shipped_at"] or one["is_waiting"]]


def row(order: Any, parcel: Any, position: int, *, query: str = "", owing: Any = None) -> dict[str, Any]:
    """One parcel: what is in it, where it is, and where to follow it."""
    return {
        "number": parcel.number,
        "position": position,
        "state": _state(order, parcel, owing),
        "problem": str(_PROBLEMS.get(parcel.problem, "")),
        "is_collected": where.is_collected(order),
        "carrier": parcel.carrier,
        "tracking_number": parcel.tracking_number,
        "tracking_url": parcel.tracking_url,
        "url": reverse("order_parcel", args=[order.number, parcel.number]) + query,
        "is_waiting": parcel.is_waiting and not parcel.shipped_at,
        "shipped_at": parcel.shipped_at,
        "delivered_at": parcel.delivered_at,
        "lines": [
            {
                "quantity": line.quantity,
                "name": line.order_line.name,
                "options": order_lines.about(line.order_line),
                "expected": "" if parcel.shipped_at else stock_wording.promise(line.order_line.expected_on),
            }
            for line in sorted(parcel.lines.all(), key=lambda line: line.order_line.position)
        ],
    }


def news(order: Any, parcel: Any, events: Sequence[Any]) -> list[dict[str, Any]]:
    """What happened to a parcel, the latest first: our own steps, and what its carrier told (`events`)."""
    told = {one.code for one in events}
    packed = (parcel.packed_at or parcel.picked_at, "packed", _("Packed"))
    ours = (
        [packed, (parcel.shipped_at, "collected", _("Collected"))]
        if where.is_collected(order)
        else [
            packed,
            (
                parcel.shipped_at,
                "accepted",
                _("Handed to %(carrier)s") % {"carrier": parcel.carrier or _("the carrier")},
            ),
            (parcel.delivered_at, "delivered", _("Delivered")),
        ]
    )
    found = [{"at": at, "label": label, "text": "", "place": ""} for at, code, label in ours if at and code not in told]
    found += [
        {"at": one.at, "label": str(one.get_code_display()), "text": one.text, "place": one.place}
        for one in events
        if one.code != "labelled"
    ]
    return sorted(found, key=lambda one: one["at"], reverse=True)


def _state(order: Any, parcel: Any, owing: Any) -> str:
    if parcel.shipped_at and where.is_collected(order):
        return _("Collected on %(date)s") % {"date": _day(parcel.shipped_at)}
    if parcel.delivered_at:
        return _("Delivered on %(date)s") % {"date": _day(parcel.delivered_at)}
    if parcel.shipped_at:
        return _("Sent on %(date)s") % {"date": _day(parcel.shipped_at)}
    if parcel.is_waiting:
        return _("Waits for stock")
    if wording.is_held_up(order, owing):
        return wording.held_up(order)
    if parcel.status == "open" and change_rules.is_unpicked(order.status):  # single units may still be cancelled
        return _("Not packed yet")
    return str((_COLLECTED if where.is_collected(order) else _STATES).get(parcel.status, ""))


def _day(moment: Any) -> str:
    """The day, which no line ends within: it stands in a heading."""
    return formats.day(moment).replace(" ", "\N{NO-BREAK SPACE}")
