"""Units that are sold: promised to a reference (an order) at a location, handed over, moved elsewhere or given back.

All of it happens under the lock of every stock item of the reference's variants, so that two commands for one reference
follow each other, and those of two references take their locks in the same order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from inventory.stock import ledger, locking, rules, selectors
from inventory.stock.models import Allocation, StockItem, StockMovement
from shop.core import db
from shop.events import bus, types

Kind = StockMovement.Kind
Place = tuple[UUID, UUID]  # variant and location
COUNTED_AWAY = "left after it was counted away"  # why units are found in the ledger that nobody looked for


class NotAllocated(Exception):
    """More units are to be handed over than this reference still has allocated."""


class NotFree(Exception):
    """A location has fewer units on hand that nobody was promised than are to be promised there: `free` of them."""

    def __init__(self, variant_id: UUID, location_id: UUID, free: int) -> None:
        super().__init__(f"only {free} of {variant_id} free at {location_id}")
        self.variant_id, self.location_id, self.free = variant_id, location_id, free


@dataclass(frozen=True, slots=True)
class Move:
    """`units` of a variant that are to be packed at location `target` instead of `source`."""

    variant_id: UUID
    source: UUID
    target: UUID
    units: int


def allocate(*, items: Sequence[StockItem], quantities: Mapping[UUID, int], reference: UUID, by: str) -> None:
    """Turn held units of locked items (quantities by item id) into units sold to `reference`, beside those it has."""
    rows = Allocation.objects.using(db.INVENTORY).filter(reference=reference, stock_item_id__in=quantities)
    known = {row.stock_item_id: row for row in rows}
    for key, row in known.items():
        row.quantity += quantities[key]
        row.actor = by
    Allocation.objects.using(db.INVENTORY).bulk_update(list(known.values()), ["quantity", "actor"])
    sold = [item for item in items if item.id in quantities]
    Allocation.objects.using(db.INVENTORY).bulk_create(
        [_row(item, reference, quantities[item.id], by) for item in sold if item.id not in known]
    )
    ledger.move(
        items, {item.id: rules.Change(reserved=-quantities[item.id], allocated=quantities[item.id]) for item in sold}
    )


def ship(
    *,
    reference: UUID,
    quantities: Mapping[UUID, int] | None = None,
    location_id: UUID | None = None,
    by: str,
    document: str = "",
) -> dict[UUID, int]:
    """Allocated units of `reference` leave: `quantities` by variant, or None for all that are open.

    `location_id`: from there; None: from wherever they are allocated. Returns the units that left, by variant. May be
    repeated: all that are open leave once, and so do `quantities` when `document` names the parcel ("shipment:<id>").
    What has left was there: units that somebody counted away meanwhile are booked as found before they leave. Raises
    `NotAllocated`, `BadQuantity`.
    """
    with transaction.atomic(using=db.INVENTORY):
        items, allocations = _lock(reference)
        if document and (before := selectors.shipped_with(document)):
            return before
        here = [row for row in allocations if location_id in (None, row.location_id)]
        parts = _parts(here, quantities)
        for allocation, units in parts:
            allocation.shipped += units
            allocation.actor = by
        Allocation.objects.using(db.INVENTORY).bulk_update([row for row, _units in parts], ["shipped", "actor"])
        _leave(items, parts, by, document or f"order:{reference}")
        left: dict[UUID, int] = {}
        for row, units in parts:
            left[row.variant_id] = left.get(row.variant_id, 0) + units
        return left


def _leave(items: Sequence[StockItem], parts: Sequence[tuple[Allocation, int]], by: str, document: str) -> None:
    on_hand = {item.id: item.on_hand for item in items}
    left, found = ledger.Entry(Kind.SHIP, by, document=document), ledger.Entry(Kind.ADJUST, by, COUNTED_AWAY, document)
    changes, steps = {}, []
    for row, units in parts:
        missing = max(0, units - on_hand[row.stock_item_id])
        rest = on_hand[row.stock_item_id] + missing - units
        if missing:
            steps.append(ledger.Step(row.stock_item_id, missing, rest + units, found))
        steps.append(ledger.Step(row.stock_item_id, -units, rest, left))
        changes[row.stock_item_id] = rules.Change(on_hand=missing - units, allocated=-units)
    ledger.move(items, changes, steps=steps)


def deallocate(*, reference: UUID, by: str) -> None:
    """Give back what `reference` was sold and has not been handed over. May be repeated."""
    with transaction.atomic(using=db.INVENTORY):
        items, rows = _lock(reference)
        _give_back(items, [(row, row.open) for row in rows], by)


def keep(*, reference: UUID, wanted: Mapping[Place, int], by: str) -> int:
    """Give back what `reference` has at a place beyond the `wanted` units there, handed-over ones among them.

    A place that is not named is one where nothing is wanted. Never takes more. May be repeated. Returns the units that
    were given back.
    """
    with transaction.atomic(using=db.INVENTORY):
        items, rows = _lock(reference)
        parts = [(row, row.kept - wanted.get((row.variant_id, row.location_id), 0)) for row in rows]
        surplus = [(row, min(row.open, units)) for row, units in parts if units > 0]
        _give_back(items, surplus, by)
        return sum(units for _row, units in surplus)


def reallocate(*, reference: UUID, variant_id: UUID, source: UUID, target: UUID, units: int, by: str) -> None:
    """`units` that `reference` was sold at one location are sold to it at another. As `reallocate_many`."""
    reallocate_many(reference=reference, moves=[Move(variant_id, source, target, units)], by=by)


def reallocate_many(*, reference: UUID, moves: Sequence[Move], by: str) -> None:
    """Make all the moves, or none. Raises `NotFree` where a target has not so many units on hand that nobody was
    promised, `NotAllocated` where the source has not so many allocated, `BadQuantity`."""
    with transaction.atomic(using=db.INVENTORY):
        items, _rows = _lock(reference)
        at = {(item.variant_id, item.location_id): item for item in items}
        known = {row.stock_item_id: row for row in _all(reference)}
        changes: dict[UUID, int] = {}
        for move in moves:
            _check_units(move.units)
            source, target = at.get((move.variant_id, move.source)), at.get((move.variant_id, move.target))
            row = known.get(source.id) if source else None
            if source is None or row is None or row.open < move.units:
                raise NotAllocated(f"{move.units} units are not allocated at {move.source}")
            free = target.free - changes.get(target.id, 0) if target and target.location.is_active else 0
            if target is None or free < move.units:
                raise NotFree(move.variant_id, move.target, free)
            row.quantity -= move.units
            if target.id in known:
                known[target.id].quantity += move.units
            else:
                known[target.id] = _row(target, reference, move.units, by)
            changes[source.id] = changes.get(source.id, 0) - move.units
            changes[target.id] = changes.get(target.id, 0) + move.units
        _store([known[key] for key in changes], by)
        ledger.move(items, {key: rules.Change(allocated=units) for key, units in changes.items() if units})
        _tell(reference)


def note_missing(
    *,
    reference: UUID,
    location_id: UUID,
    units: Mapping[UUID, int],
    kept: Mapping[UUID, int] | None,
    reason: str,
    by: str,
    document: str,
    is_awaited: bool = False,
) -> None:
    """Units (by variant) that `reference` was sold are not on the shelf of a location: the stock is counted down, once
    for each `document`.

    `kept`: how many units of these variants the reference still wants here, handed-over ones among them; of the others
    at most `units` are given back. None: they stay promised, as a shortfall. `is_awaited`: who waits for them is told
    so, should it die before it noted that (`UnitsMissed`). Raises `BadQuantity`.
    """
    with transaction.atomic(using=db.INVENTORY):
        items, rows = _lock(reference)
        if not selectors.is_moved(document):
            there = {item.variant_id: item for item in items if item.location_id == location_id}
            entry = ledger.Entry(Kind.ADJUST, by, reason, document)
            ledger.move(items, _lost(there, units), entry=entry, is_recount=True)
        if kept is not None:
            here = [row for row in rows if row.location_id == location_id and row.variant_id in units]
            surplus = [(row, min(units[row.variant_id], row.kept - kept.get(row.variant_id, 0))) for row in here]
            _give_back(items, [(row, min(row.open, number)) for row, number in surplus if number > 0], by)
            _tell(reference)
        if is_awaited:
            event = types.UnitsMissed(
                reference=reference, location_id=location_id, units={str(key): number for key, number in units.items()},
                document=document, actor=by,
            )  # fmt: skip
            bus.publish(event, using=db.INVENTORY)


def _lost(there: Mapping[UUID, StockItem], units: Mapping[UUID, int]) -> dict[UUID, rules.Change]:
    """What is counted down where `units` are missing: not more than were thought to be there."""
    changes: dict[UUID, rules.Change] = {}
    for variant_id, number in units.items():
        _check_units(number)
        lost = min(number, there[variant_id].on_hand) if variant_id in there else 0
        if lost:
            changes[there[variant_id].id] = rules.Change(on_hand=-lost)
    return changes


def _tell(reference: UUID) -> None:
    """With the units: whoever had this done and died before it could note it will hear of it."""
    bus.publish(types.UnitsReallotted(reference=reference), using=db.INVENTORY)


def _give_back(items: Sequence[StockItem], parts: Iterable[tuple[Allocation, int]], by: str) -> None:
    some = [(row, units) for row, units in parts if units]
    for row, units in some:
        row.released += units
        row.actor = by
    Allocation.objects.using(db.INVENTORY).bulk_update([row for row, _units in some], ["released", "actor"])
    ledger.move(items, {row.stock_item_id: rules.Change(allocated=-units) for row, units in some})


def _store(rows: Iterable[Allocation], by: str) -> None:
    """Write allocations whose quantity changed. One that holds nothing any more, and never handed over, is none."""
    for row in rows:
        row.actor = by
        if row.quantity:
            row.save(using=db.INVENTORY)
        elif not row._state.adding:
            row.delete(using=db.INVENTORY)


def _row(item: StockItem, reference: UUID, units: int, by: str) -> Allocation:
    return Allocation(
        reference=reference,
        stock_item_id=item.id,
        variant_id=item.variant_id,
        location_id=item.location_id,
        quantity=units,
        actor=by,
    )


def _all(reference: UUID) -> list[Allocation]:
    return list(Allocation.objects.using(db.INVENTORY).filter(reference=reference))


def _lock(reference: UUID) -> tuple[list[StockItem], list[Allocation]]:
    """The locked items and the open allocations of a reference, first those of the location asked first."""
    rows = Allocation.objects.using(db.INVENTORY).filter(reference=reference)
    items = locking.items_of(rows.values_list("variant_id", flat=True))
    rank = {item.id: (item.location.priority, item.location.code) for item in items}
    return items, sorted((row for row in rows.all() if row.open), key=lambda row: rank[row.stock_item_id])


def _check_units(units: int) -> None:
    if not rules.is_quantity(units):
        raise rules.BadQuantity(f"{units!r} is not a number of units")


def _parts(allocations: Sequence[Allocation], quantities: Mapping[UUID, int] | None) -> list[tuple[Allocation, int]]:
    """Which allocation gives how many units."""
    if quantities is None:
        return [(row, row.open) for row in allocations]
    for quantity in quantities.values():
        _check_units(quantity)
    left = dict(quantities)
    parts: list[tuple[Allocation, int]] = []
    for row in allocations:
        units = min(row.open, left.get(row.variant_id, 0))
        if units:
            parts.append((row, units))
            left[row.variant_id] -= units
    if any(left.values()):
        raise NotAllocated(f"{sum(left.values())} units more than are allocated")
    return parts
