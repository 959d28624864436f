"""What is in the parcels of an order, and what of it is picked. Every command locks the order, then its shipments."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from checkout.fulfilment import contents, opening, selectors
from checkout.fulfilment.contents import ShipmentRefused
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders.models import Order
from inventory.stock import services as stock
from shop.core import db

Status = Shipment.Status


def pick_units(*, shipment_id: UUID, units: Mapping[UUID, int], by: str, seen: int | None = None) -> Shipment:
    """So many units (by shipment line id, from 0) of an open parcel are picked now: in all, not in addition.

    `seen`: the parcel's `version` that the numbers were counted up from. The same numbers again change nothing. Starts
    the order if nobody has. Raises `ShipmentRefused` ("not_on_hand" for units that were sold before they are there,
    "changed_meanwhile" for a parcel whose units are elsewhere), `orders.TransitionRefused`.
    """
    with transaction.atomic(using=db.DEFAULT):
        order, shipment = contents.locked(shipment_id, seen=seen)
        lines = named(shipment, units)
        changed = [line for line in lines if line.picked != units[line.pk]]
        if not changed:
            return shipment
        _begin(order, shipment, by)
        for line in changed:
            if not 0 <= units[line.pk] <= line.quantity:
                raise _bad_units(line, line.quantity)
        if more := [line for line in changed if units[line.pk] > line.picked]:
            check_settled(order, shipment)
            check_on_hand(more, units)
        for line in changed:
            line.picked = units[line.pk]
        ShipmentLine.objects.bulk_update(changed, ["picked"])
        contents.touch(shipment, is_waiting=False)
        contents.note("pick", shipment, by, picked={str(line.order_line_id): line.picked for line in changed})
        contents.note_state(order=order, by=by)
        return shipment


def finish_picking(*, shipment_id: UUID, by: str) -> Shipment:
    """Everything of an open parcel is in it; the order is ready once all parcels are. Repeated, it changes nothing.

    Raises `ShipmentRefused` ("not_all_picked"), `orders.TransitionRefused`.
    """
    with transaction.atomic(using=db.DEFAULT):
        order, shipment = contents.locked(shipment_id)
        if shipment.status == Status.PICKED:
            return shipment
        _begin(order, shipment, by)
        left = sum(line.quantity - line.picked for line in contents.lines_of([shipment]))
        if left:
            text = ngettext(
                "%(units)d unit of parcel %(number)s is not picked yet.",
                "%(units)d units of parcel %(number)s are not picked yet.",
                left,
            )
            raise ShipmentRefused(text % {"units": left, "number": shipment.number}, "not_all_picked")
        contents.picked(order, [shipment], by)
        contents.advance(order, by=by)
        return shipment


def split(*, shipment_id: UUID, units: Mapping[UUID, int], by: str, seen: int | None = None) -> Shipment:
    """Some units (by shipment line id, ≥ 1) of a parcel that is here go into a parcel of their own, which is returned.

    Those not picked yet go first. Raises `ShipmentRefused`.
    """
    with transaction.atomic(using=db.DEFAULT):
        order, shipment = contents.locked(shipment_id, seen=seen)
        if shipment.status not in (Status.OPEN, Status.PICKED):
            raise not_open(shipment)
        lines = contents.lines_of([shipment])
        moved = _checked(named(shipment, units), units)
        if sum(units.values()) == sum(line.quantity for line in lines):
            text = _("Leave something in parcel %(number)s, or send it as it is.")
            raise ShipmentRefused(text % {"number": shipment.number}, "nothing_left")
        picked = {line.order_line_id: max(0, units[line.pk] - line.quantity + line.picked) for line in moved}
        contents.lose(lines, units, by=by)
        new = contents.make(
            order, location_id=shipment.location_id, by=by, status=shipment.status, picked_at=shipment.picked_at,
            is_waiting=shipment.is_waiting, units={line.order_line_id: units[line.pk] for line in moved}, picked=picked,
        )  # fmt: skip
        contents.note_state(order=order, by=by)
        return new


def reassign(*, shipment_id: UUID, location_id: UUID, by: str) -> Shipment:
    """Another location packs this parcel, of which nothing is picked. Raises `ShipmentRefused` ("nowhere_else")."""
    with transaction.atomic(using=db.DEFAULT):
        order, shipment = contents.locked(shipment_id)
        if shipment.location_id == location_id:
            return shipment
        lines = contents.lines_of([shipment])
        if shipment.status != Status.OPEN or any(line.picked for line in lines) or shipment.location_id is None:
            raise not_open(shipment)
        contents.demand(order, "items_picked")
        check_settled(order, shipment)
        moves = [
            stock.Move(variant_id, shipment.location_id, location_id, units)
            for variant_id, units in by_variant(lines).items()
        ]
        try:
            stock.reallocate_many(reference=order.pk, moves=moves, by=by)
        except (stock.NotFree, stock.NotAllocated):
            raise ShipmentRefused(_("That location does not have all of it."), "nowhere_else") from None
        contents.touch(shipment, location_id=location_id, is_waiting=False)
        contents.note("reassign", shipment, by, location=str(location_id))
        return shipment


def by_variant(lines: list[ShipmentLine], units: Mapping[UUID, int] | None = None) -> dict[UUID, int]:
    """Units of parcels' lines by variant: all, or so many by shipment line id."""
    found: dict[UUID, int] = {}
    for line in lines:
        number = line.quantity if units is None else units[line.pk]
        found[line.order_line.variant_id] = found.get(line.order_line.variant_id, 0) + number
    return found


def not_open(shipment: Shipment) -> ShipmentRefused:
    """Parcel is packed, gone or cancelled."""
    told = {"number": shipment.number, "status": shipment.get_status_display()}
    code = "already_shipped" if shipment.status in (Status.SHIPPED, Status.DELIVERED) else "not_open"
    return ShipmentRefused(_("Parcel %(number)s is %(status)s: that is not possible any more.") % told, code)


def check_settled(order: Order, *shipments: Shipment) -> None:
    """Refuse while units are not where their parcel is: somebody died moving them, and `following` is about to act."""
    astray = opening.astray(order)
    for shipment in shipments:
        if shipment.location_id in astray:
            text = _("The units of parcel %(number)s were just moved. Look at it again in a moment.")
            raise ShipmentRefused(text % {"number": shipment.number}, "changed_meanwhile")


def check_on_hand(lines: list[ShipmentLine], units: Mapping[UUID, int]) -> None:
    """Whether so many units of an open parcel's lines can be on the shelf. Raises `ShipmentRefused`."""
    missing = selectors.not_there_of(lines)
    for line in lines:
        there = line.quantity - missing.get(line.pk, 0)
        if units[line.pk] > there:
            told = {"sku": line.order_line.sku, "units": there}
            text = ngettext(
                "Only %(units)d of %(sku)s is there for this parcel. It was sold before it came in.",
                "Only %(units)d of %(sku)s are there for this parcel. It was sold before it came in.",
                there,
            )
            raise ShipmentRefused(text % told, "not_on_hand")


def _begin(order: Order, shipment: Shipment, by: str) -> None:
    if shipment.status != Status.OPEN:
        raise not_open(shipment)
    if order.status == Order.Status.PAYMENT_CONFIRMED:
        contents.pull(order, "start_fulfillment", by=by)
    contents.demand(order, "items_picked")


def named(shipment: Shipment, units: Mapping[UUID, int]) -> list[ShipmentLine]:
    """The lines of a parcel that units are named of. Raises `ShipmentRefused` for others."""
    if not units:
        raise ShipmentRefused(_("Say how many units."), "no_such_line")
    lines = [line for line in contents.lines_of([shipment]) if line.pk in units]
    if len(lines) != len(units):
        raise ShipmentRefused(_("That is not in parcel %(number)s.") % {"number": shipment.number}, "no_such_line")
    for number in units.values():
        if not isinstance(number, int) or isinstance(number, bool):
            raise ShipmentRefused(_("Units are whole numbers."), "bad_units")
    return lines


def _checked(lines: list[ShipmentLine], units: Mapping[UUID, int]) -> list[ShipmentLine]:
    for line in lines:
        if not 1 <= units[line.pk] <= line.quantity:
            raise _bad_units(line, line.quantity)
    return lines


def _bad_units(line: ShipmentLine, most: int) -> ShipmentRefused:
    told = {"sku": line.order_line.sku, "units": most}
    text = ngettext(
        "At most %(units)d of %(sku)s is in this parcel.", "At most %(units)d of %(sku)s are in this parcel.", most
    )
    return ShipmentRefused(text % told, "bad_units")
