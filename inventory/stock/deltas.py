"""Many changes of stock in one transaction: what a delivery, a warehouse or a supplier reports at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from inventory.stock import ledger, locking, rules
from inventory.stock.models import Location, StockItem, StockMovement
from shop.core import db

Kind = StockMovement.Kind
Place = tuple[UUID, UUID]  # variant and location


@dataclass(frozen=True, slots=True)
class Delta:
    """`change` units (+ in, − out, not 0) of a variant at a location (its code), with what the ledger says of it.

    `sku` is for people, should the stock item be new.
    """

    variant_id: UUID
    sku: str
    location: str
    change: int
    kind: StockMovement.Kind
    reason: str = ""
    document: str = ""


class DeltaRefused(Exception):
    """One of the changes cannot be made, so none was: `position` (from 0) says which, `code` why.

    Codes: "bad_quantity", "unknown_location", "would_go_below_zero".
    """

    def __init__(self, code: str, position: int) -> None:
        super().__init__(f"{code} at {position}")
        self.code, self.position = code, position


def move_many(*, deltas: Sequence[Delta], by: str) -> list[int]:
    """Make all the changes in their order, or none; returns the units on hand after each.

    Units in open a stock item that is not there yet. Units out may leave less than is promised, which is kept as a
    shortfall, as with `adjust`: they are gone, whoever counted on them. Raises `DeltaRefused`.
    """
    for position, delta in enumerate(deltas):
        if not rules.is_quantity(abs(delta.change)):
            raise DeltaRefused("bad_quantity", position)
    with transaction.atomic(using=db.INVENTORY):
        places = _places(deltas)
        _open(deltas, places, by)
        items = locking.items_of({delta.variant_id for delta in deltas})
        by_place = {(item.variant_id, item.location_id): item for item in items}
        steps, after = _steps(deltas, places, by_place, by)
        ledger.move_each(items, steps, is_recount=True)
    return after


def _places(deltas: Sequence[Delta]) -> list[Place]:
    codes = {delta.location for delta in deltas}
    known = dict(Location.objects.using(db.INVENTORY).filter(code__in=codes).values_list("code", "id"))
    for position, delta in enumerate(deltas):
        if delta.location not in known:
            raise DeltaRefused("unknown_location", position)
    return [(delta.variant_id, known[delta.location]) for delta in deltas]


def _open(deltas: Sequence[Delta], places: Sequence[Place], by: str) -> None:
    """Stock items for units that come where none have been."""
    arriving = {place: delta for delta, place in zip(deltas, places, strict=True) if delta.change > 0}
    rows = StockItem.objects.using(db.INVENTORY).filter(variant_id__in={variant for variant, _location in arriving})
    there = set(rows.values_list("variant_id", "location_id"))
    new = [
        ledger.new_item(variant_id=place[0], sku=delta.sku, location_id=place[1])
        for place, delta in arriving.items()
        if place not in there
    ]
    if new:
        ledger.open_items(new, entry=ledger.Entry(Kind.RECEIVE, by))


def _steps(
    deltas: Sequence[Delta], places: Sequence[Place], items: Mapping[Place, StockItem], by: str
) -> tuple[list[ledger.Step], list[int]]:
    """The ledger's rows, and the units on hand after each. Raises `DeltaRefused`."""
    on_hand: dict[Place, int] = {}
    steps: list[ledger.Step] = []
    after: list[int] = []
    for position, (delta, place) in enumerate(zip(deltas, places, strict=True)):
        item = items.get(place)
        units = on_hand.get(place, item.on_hand if item else 0) + delta.change
        if item is None or units < 0:
            raise DeltaRefused("would_go_below_zero", position)
        if units > rules.MAX_UNITS:
            raise DeltaRefused("bad_quantity", position)
        on_hand[place] = units
        after.append(units)
        entry = ledger.Entry(delta.kind, by, delta.reason, delta.document)
        steps.append(ledger.Step(item.id, delta.change, units, entry))
    return steps, after
