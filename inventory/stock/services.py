"""The stock's commands. Each opens its own transaction unless it takes locked `items`: then the caller has one open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from inventory.stock import allotting, ledger, limits, locations, locking, rules, selectors
from inventory.stock.locations import UnknownLocation
from inventory.stock.locking import UnknownStockItem
from inventory.stock.models import StockItem, StockMovement
from shop.core import db

__all__ = ["UnknownLocation", "UnknownStockItem"]  # raised here as well
Kind = StockMovement.Kind
BadQuantity, Promised = rules.BadQuantity, limits.Promised
set_limits, close_orders, choose_strategy = limits.set_limits, limits.close_orders, limits.choose_strategy
tell_below = limits.tell_below
NotAllocated, NotFree, Move = allotting.NotAllocated, allotting.NotFree, allotting.Move
allocate, ship, deallocate, keep = allotting.allocate, allotting.ship, allotting.deallocate, allotting.keep
reallocate, reallocate_many, note_missing = allotting.reallocate, allotting.reallocate_many, allotting.note_missing
allocated = selectors.allocated


class NotOnHand(Exception):
    """More units are to be taken off than are there: `on_hand` says how many are."""

    def __init__(self, sku: str, on_hand: int) -> None:
        super().__init__(f"only {on_hand} of {sku} on hand")
        self.sku, self.on_hand = sku, on_hand


class Moved(Exception):
    """Units came or went since somebody looked: `on_hand` are there now."""

    def __init__(self, sku: str, on_hand: int) -> None:
        super().__init__(f"{sku} has moved: {on_hand} on hand")
        self.sku, self.on_hand = sku, on_hand


@dataclass(frozen=True, slots=True)
class InitialStock:
    """Units that a variant has when it is first heard of, at the default location."""

    variant_id: UUID
    sku: str
    quantity: int


def receive(
    *,
    variant_id: UUID,
    sku: str,
    quantity: int,
    location: str | None = None,
    reason: str,
    by: str,
    document: str = "",
    seen: str = "",
) -> None:
    """`quantity` (≥ 1) units have come in at `location` (a code; None: the default one). Opens the stock item if new.

    `seen`: the `selectors.mark` that somebody saw who counts on it. Raises `BadQuantity`, `UnknownLocation`, `Moved`.
    """
    if not rules.is_quantity(quantity):
        raise BadQuantity(f"{quantity!r} is not a number of units")
    entry = ledger.Entry(Kind.RECEIVE, by, reason, document)
    with transaction.atomic(using=db.INVENTORY):
        place = locations.by_code(location)
        ledger.open_items([ledger.new_item(variant_id=variant_id, sku=sku, location_id=place.id)], entry=entry)
        items = locking.items_of([variant_id])
        item = next(item for item in items if item.location_id == place.id)
        _unmoved(item, seen)
        rules.check(item.on_hand + quantity)
        ledger.move(items, {item.id: rules.Change(on_hand=quantity)}, entry=entry)


def adjust(*, stock_item_id: UUID, change: int, reason: str, by: str, seen: str = "") -> None:
    """Correct a stock item by `change` units (not 0), with a reason. Less than is promised becomes a shortfall.

    `seen` as in `receive`. Raises `BadQuantity`, `UnknownStockItem`, `NotOnHand` (below zero), `Moved`.
    """
    if not rules.is_quantity(abs(change)):
        raise BadQuantity(f"{change!r} is not a number of units")
    if not reason.strip():
        raise ValueError("an adjustment needs a reason")
    with transaction.atomic(using=db.INVENTORY):
        items, item = locking.item(stock_item_id)
        _unmoved(item, seen)
        if item.on_hand + change < 0:
            raise NotOnHand(item.sku, item.on_hand)
        rules.check(item.on_hand + change)
        entry = ledger.Entry(Kind.ADJUST, by, reason)
        ledger.move(items, {item.id: rules.Change(on_hand=change)}, entry=entry, is_recount=True)


def recount(*, stock_item_id: UUID, on_hand: int, reason: str, by: str, seen: str = "") -> None:
    """So many units (≥ 0) of a stock item were counted, with a reason. Less than is promised becomes a shortfall.

    Counting the same again changes nothing. `seen` as in `receive`. Raises `BadQuantity`, `UnknownStockItem`, `Moved`.
    """
    rules.check(on_hand)
    if not reason.strip():
        raise ValueError("a recount needs a reason")
    with transaction.atomic(using=db.INVENTORY):
        items, item = locking.item(stock_item_id)
        _unmoved(item, seen)
        if on_hand != item.on_hand:
            entry = ledger.Entry(Kind.ADJUST, by, reason)
            change = rules.Change(on_hand=on_hand - item.on_hand)
            ledger.move(items, {item.id: change}, entry=entry, is_recount=True)


def set_on_hand(
    *, levels: Mapping[UUID, int], skus: Mapping[UUID, str], location: str | None = None, reason: str, by: str
) -> None:
    """A recount: `levels` units (≥ 0) of each variant are at `location`. None means at the default one and no other.

    Opens missing stock items. A recount below what is promised becomes a shortfall. Raises `BadQuantity`,
    `UnknownLocation`.
    """
    for quantity in levels.values():
        if quantity != 0 and not rules.is_quantity(quantity):
            raise BadQuantity(f"{quantity!r} is not a number of units")
    entry = ledger.Entry(Kind.ADJUST, by, reason)
    with transaction.atomic(using=db.INVENTORY):
        place = locations.by_code(location)
        new = [ledger.new_item(variant_id=key, sku=skus[key], location_id=place.id) for key in sorted(levels)]
        ledger.open_items(new, entry=entry)
        items = locking.items_of(levels)
        wanted = {item.id: levels[item.variant_id] if item.location_id == place.id else 0 for item in items}
        changes = {
            item.id: rules.Change(on_hand=wanted[item.id] - item.on_hand)
            for item in items
            if wanted[item.id] != item.on_hand and (location is None or item.location_id == place.id)
        }
        ledger.move(items, changes, entry=entry, is_recount=True)


def load(*, rows: Sequence[InitialStock], reason: str, by: str, document: str = "") -> int:
    """Open stock items at the default location for variants that have none there; returns how many were opened.

    Existing items are left alone, so it may be repeated. No event is published: who loads a catalogue indexes it.
    Raises `BadQuantity`.
    """
    for row in rows:
        rules.check(row.quantity)
    with transaction.atomic(using=db.INVENTORY):
        place = locations.by_code(None)
        items = [
            ledger.new_item(variant_id=row.variant_id, sku=row.sku, location_id=place.id, on_hand=row.quantity)
            for row in rows
        ]
        return ledger.open_items(items, entry=ledger.Entry(Kind.RECEIVE, by, reason, document))


def load_many(*, rows: Sequence[InitialStock], reason: str, by: str, document: str = "") -> int:
    """As `load`, several times as fast, for thousands at once that nobody else loads meanwhile."""
    for row in rows:
        rules.check(row.quantity)
    with transaction.atomic(using=db.INVENTORY):
        units = [(row.variant_id, row.sku, row.quantity) for row in rows]
        entry = ledger.Entry(Kind.RECEIVE, by, reason, document)
        return ledger.copy_items(units, location_id=locations.by_code(None).id, entry=entry)


def hold(*, items: Sequence[StockItem], quantities: Mapping[UUID, int]) -> None:
    """Promise units of locked items (quantities by item id) to a reservation. Needs the caller's transaction."""
    ledger.move(items, {key: rules.Change(reserved=units) for key, units in quantities.items()})


def unhold(*, items: Sequence[StockItem], quantities: Mapping[UUID, int]) -> None:
    """Take back what `hold` promised. Needs the caller's transaction and locked items."""
    ledger.move(items, {key: rules.Change(reserved=-units) for key, units in quantities.items()})


def receive_once(
    *, variant_id: UUID, sku: str, quantity: int, location_id: UUID, reason: str, by: str, document: str
) -> bool:
    """Units (≥ 1) of a variant came back to a location, once for each `document`; False if they had before.

    Opens the stock item if new. Raises `BadQuantity`.
    """
    if not rules.is_quantity(quantity):
        raise BadQuantity(f"{quantity!r} is not a number of units")
    entry = ledger.Entry(Kind.RETURN, by, reason, document)
    with transaction.atomic(using=db.INVENTORY):
        ledger.open_items([ledger.new_item(variant_id=variant_id, sku=sku, location_id=location_id)], entry=entry)
        items = locking.items_of([variant_id])
        item = next(item for item in items if item.location_id == location_id)
        if selectors.is_moved(document, item.id):
            return False
        rules.check(item.on_hand + quantity)
        ledger.move(items, {item.id: rules.Change(on_hand=quantity)}, entry=entry)
        return True


def _unmoved(item: StockItem, seen: str) -> None:
    """Refuse to change a locked item on the ground of what it was. Raises `Moved`."""
    if seen and seen != selectors.mark(item.variant_id):
        raise Moved(item.sku, item.on_hand)
