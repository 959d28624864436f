"""Units that are not on the shelf: the stock is counted down, and they go back, wait, or come from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout.fulfilment import contents, missing, opening, packing, rules
from checkout.fulfilment.contents import ShipmentRefused
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders.models import Order
from inventory.stock import rules as stock_rules
from inventory.stock import selectors as stock_selectors
from inventory.stock import services as stock
from shop.core import db
from shop.events import bus, types

Status = Shipment.Status
REFUND, WAIT, ELSEWHERE = "refund", "wait", "elsewhere"


def short(
    *, shipment_id: UUID, units: Mapping[UUID, int], then: str, by: str, seen: int | None = None
) -> Shipment | None:
    """So many units (by shipment line id, ≥ 1) of an open parcel are not on the shelf; the stock is counted down.

    `then` "refund": they leave the order (`UnitsShort`, which the order's changes hear); "wait": they wait in a new
    parcel for stock and the shopper is told; "elsewhere": another location packs them, in a new parcel. Returns the
    new parcel (of several the first one). `seen`: the parcel's `version` on the page that asks. Raises
    `ShipmentRefused` and changes nothing.

    Where the stock has a database of its own, its part is one transaction that ends before the parcel's. What who dies
    in between has begun is finished by `following`, or `missing` for units that wait; who asks again before that is
    told to wait.
    """
    with transaction.atomic(using=db.DEFAULT):
        order, shipment = contents.locked(shipment_id, seen=seen)
        if shipment.status != Status.OPEN:
            raise packing.not_open(shipment)
        contents.demand(order, "items_picked")
        packing.check_settled(order, shipment)
        lines = _missing(shipment, units)
        document = missing.document_of(shipment)
        missing.check_finished(order, shipment, but=document)
        contents.note("short", shipment, by, then=then, units={str(one.order_line_id): units[one.pk] for one in lines})
        with transaction.atomic(using=db.INVENTORY):
            new = _AFTER[then](order, shipment, lines, units, by)
            absent = packing.by_variant(lines, units)
            stock.note_missing(
                reference=order.pk, location_id=_location(shipment), units=absent, reason=_("Short pick"), by=by,
                kept=_kept(order, shipment, absent) if then == REFUND else None, document=document,
                is_awaited=then == WAIT,
            )  # fmt: skip
        contents.note_state(order=order, by=by)
        return new


def _kept(order: Order, shipment: Shipment, variants: Iterable[UUID]) -> dict[UUID, int]:
    """Units of the variants that the order's parcels still have at the place of this one."""
    packed = opening.units_by_place(contents.held(order))
    return {variant: packed[variant, shipment.location_id] for variant in variants}


def _missing(shipment: Shipment, units: Mapping[UUID, int]) -> list[ShipmentLine]:
    lines = packing.named(shipment, units)
    for line in lines:
        left = line.quantity - line.picked
        if not 1 <= units[line.pk] <= left:
            text = ngettext(
                "Only %(units)d of %(sku)s is still to be picked.",
                "Only %(units)d of %(sku)s are still to be picked.",
                left,
            )
            raise ShipmentRefused(text % {"sku": line.order_line.sku, "units": left}, "bad_units")
    return lines


def _refund(
    order: Order, shipment: Shipment, lines: list[ShipmentLine], units: Mapping[UUID, int], by: str
) -> Shipment | None:
    contents.lose(contents.lines_of([shipment]), units, by=by)
    event = types.UnitsShort(
        order_id=order.pk, shipment_id=shipment.pk, short_id=db.uuid7(), actor=by,
        units={str(line.order_line_id): units[line.pk] for line in lines},
    )  # fmt: skip
    bus.publish(event, using=db.DEFAULT)
    return None


def _wait(
    order: Order, shipment: Shipment, lines: list[ShipmentLine], units: Mapping[UUID, int], by: str
) -> Shipment | None:
    missing.note_written(missing.document_of(shipment))
    return missing.wait(order, shipment, {line: units[line.pk] for line in lines}, by=by)


def _elsewhere(
    order: Order, shipment: Shipment, lines: list[ShipmentLine], units: Mapping[UUID, int], by: str
) -> Shipment | None:
    source = _location(shipment)
    places = _places(packing.by_variant(lines, units), but=source)
    moves = [stock.Move(variant, source, target, number) for (variant, target), number in places.items()]
    try:
        stock.reallocate_many(reference=order.pk, moves=moves, by=by)
    except (stock.NotFree, stock.NotAllocated):
        raise _nowhere() from None
    asked = [rules.Unplaced(line.order_line_id, line.order_line.variant_id, units[line.pk]) for line in lines]
    contents.lose(contents.lines_of([shipment]), units, by=by)
    made = [
        contents.make(order, location_id=target, units=some, by=by)
        for target, some in rules.placed(asked, places).items()
    ]
    return made[0]


_AFTER = {REFUND: _refund, WAIT: _wait, ELSEWHERE: _elsewhere}


def _places(wanted: Mapping[UUID, int], *, but: UUID) -> dict[rules.Place, int]:
    """Where else the units are on hand and free, from the fewest locations. Raises `ShipmentRefused`."""
    items = {item.pk: item for item in stock_selectors.free_at(wanted) if item.location_id != but}
    levels = [
        stock_rules.Level(item.pk, item.variant_id, (item.location.priority, item.location.code), item.free)
        for item in items.values()
    ]
    if stock_rules.shortages(wanted, levels):
        raise _nowhere()
    parts = stock_rules.plan(wanted, levels)
    return {(items[key].variant_id, items[key].location_id): number for key, number in parts.items()}


def _nowhere() -> ShipmentRefused:
    return ShipmentRefused(_("No other location has so many of them. Refund them, or let them wait."), "nowhere_else")


def _location(shipment: Shipment) -> UUID:
    if shipment.location_id is None:
        text = _("Nobody knows where parcel %(number)s is packed.")
        raise ShipmentRefused(text % {"number": shipment.number}, "not_open")
    return shipment.location_id
