"""The parcels of an order on the merchant's page: where each is packed, what was told of it, which buttons it has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from checkout.fulfilment import labelling, selectors, slips, waiting
from checkout.fulfilment.models import Shipment
from checkout.orders import emails, rules, services
from checkout.orders.models import Order
from inventory.stock import selectors as stock
from shop.core import requests
from shop.core.links import ids

Status = Shipment.Status
_TONES = {"open": "warning", "picked": "info", "shipped": "success", "delivered": "success"}


@dataclass(frozen=True, slots=True)
class ParcelButton:
    """`is_post`: pressing it does it; else it leads to a page that asks."""

    label: str | Promise
    url: str
    is_post: bool = False


def of(order: Order, parcels: Iterable[Shipment], *, may: bool) -> list[dict[str, Any]]:
    """Every parcel; `may`: this person may pick and send. One query for the names of the locations, and those of
    `waiting.complete` if any wait for stock."""
    rows = list(parcels)
    places = stock.location_names() if rows else {}
    is_ready = rules.is_covered(services.facts(order)) is None and not order.is_over
    lacking = _lacking(rows) if may and is_ready else set()
    return [
        {
            "parcel": one,
            "is_slip_outdated": slips.is_outdated(one),
            "tone": _TONES.get(one.status, "danger"),
            "place": places.get(one.location_id, "") if one.location_id else "",
            "lines": sorted(one.lines.all(), key=lambda line: line.order_line.position),
            "events": list(reversed(one.events.all())),
            "buttons": _buttons(order, one, places, is_ready=is_ready, is_here=one.pk not in lacking) if may else [],
            "waits_for_money": not is_ready and not order.is_over and one.status in (Status.OPEN, Status.PICKED),
        }
        for one in rows
    ]


def _lacking(parcels: Sequence[Shipment]) -> set[UUID]:
    """Those that wait for stock and whose units have not come yet: nobody can have picked them."""
    ids = [one.pk for one in parcels if one.is_waiting and one.status == Status.OPEN]
    return set(ids) - set(waiting.complete(ids) if ids else [])


def _buttons(order: Order, one: Shipment, places: Any, *, is_ready: bool, is_here: bool) -> list[ParcelButton]:
    papers = ParcelButton(_("Print"), f"{reverse('admin:checkout_printjob_add')}?shipments={one.pk}")
    if one.status == Status.SHIPPED:
        return [ParcelButton(_("Delivered"), _url("deliver", order, one), is_post=True), papers]
    if one.status not in (Status.OPEN, Status.PICKED) or not is_ready:
        return []
    lines = list(one.lines.all())
    found: list[ParcelButton] = []
    if one.status == Status.PICKED:
        found.append(ParcelButton(_("Dispatch"), _url("dispatch", order, one)))
    elif is_here:
        found.append(ParcelButton(_("All picked"), _url("pick", order, one), is_post=True))
    if sum(line.quantity for line in lines) > 1:
        found.append(ParcelButton(_("Split"), _url("split", order, one)))
    if one.status == Status.OPEN and len(places) > 1 and not any(line.picked for line in lines):
        found.append(ParcelButton(_("Pack elsewhere"), _url("move", order, one)))
    return [*found, papers]


def _url(name: str, order: Order, one: Shipment) -> str:
    return reverse(f"admin:checkout_order_parcel_{name}", args=[order.pk, one.pk])


def leaving(order: Order, *, only: UUID | None = None) -> dict[str, Any]:
    """What a page shows that asks for picked parcels to leave (`only`: this one), so that it can say so (`seen`)."""
    picked = [one for one in selectors.shipments_of(order.pk) if one.status == Status.PICKED]
    parcels = [one for one in picked if only in (None, one.pk)]
    bare = parcels if only else [one for one in parcels if not one.tracking_number]
    return {
        "address": emails.address_lines(order.shipping_address),
        "address_seen": labelling.address(order),
        "is_moved": bool(labelling.moved(order, bare)),
        "without_label": [one.number for one in bare],
        "is_by_label": only is None and len(bare) < len(parcels),
        "leaving": [
            {"parcel": one, "lines": sorted(one.lines.all(), key=lambda line: line.order_line.position)}
            for one in parcels
        ],
    }


def asks_for_tracking(order_id: UUID) -> bool:
    """Whether a picked parcel of the order has no label to leave with."""
    return any(one.status == Status.PICKED and not one.tracking_number for one in selectors.shipments_of(order_id))


def seen(data: Mapping[str, Any]) -> dict[str, Any]:
    """What such a page has shown, for `dispatch`: the address, the version of each parcel by its id, and whether
    somebody says that their label is for this address.

    Nothing of a form that does not say which address that was: it is not one of ours.
    """
    address = requests.whole(data.get("address", ""))
    if address is None:
        return {}
    told = {name: name.removeprefix("parcel-") for name in data if name.startswith("parcel-")}
    return {
        "seen": address,
        "versions": {key: requests.whole(data[name]) for name, text in told.items() for key in ids([text])},
        "made_for": requests.whole(data.get("made_for", "")),
    }


def elsewhere(one: Shipment) -> Sequence[tuple[str, str]]:
    """The locations that could pack a parcel instead: (id, name)."""
    return [(str(key), name) for key, name in stock.location_names().items() if key != one.location_id]
