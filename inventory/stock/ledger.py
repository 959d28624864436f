"""The only place that assigns the counters of stock items and writes their ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connections, transaction
from django.db.models.functions import Now

from inventory.stock import selectors
from inventory.stock.models import StockAlert, StockItem, StockMovement
from inventory.stock.rules import Change
from shop.core import cache, db
from shop.events import bus, types

# Counters move by differences, and a shortfall grows only by a recount: even if a lock were missing, the constraints
# of the table would refuse to promise a unit twice.
_MOVE = """
    UPDATE inventory_stockitem AS item
    SET on_hand = item.on_hand + change.on_hand,
        reserved = item.reserved + change.reserved,
        allocated = item.allocated + change.allocated,
        shortfall = LEAST(
            CASE WHEN %(is_recount)s THEN 2147483647 ELSE item.shortfall END,
            GREATEST(0, item.reserved + change.reserved + item.allocated + change.allocated
                        - item.on_hand - change.on_hand - item.backorder_limit)
        ),
        has_waiting = item.has_waiting OR change.has_waiting,
        version = item.version + 1,
        updated_at = statement_timestamp()
    FROM unnest(%(ids)s::uuid[], %(on_hand)s::int[], %(reserved)s::int[], %(allocated)s::int[],
                %(has_waiting)s::bool[]) AS change (id, on_hand, reserved, allocated, has_waiting)
    WHERE item.id = change.id
    RETURNING item.id, item.on_hand, item.reserved, item.allocated, item.shortfall
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the ledger says of a change of `on_hand`: its kind, why, who and for which document."""

    kind: StockMovement.Kind
    actor: str
    reason: str = ""
    document: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether it says who it was, and why or what for."""
        return bool(self.actor and (self.reason.strip() or self.document))


@dataclass(frozen=True, slots=True)
class Step:
    """One of several changes of a stock item at once: a row of the ledger, with the units on hand after it."""

    stock_item_id: UUID
    quantity: int
    on_hand_after: int
    entry: Entry


def move(
    items: Sequence[StockItem],
    changes: Mapping[UUID, Change],
    *,
    entry: Entry | None = None,
    steps: Sequence[Step] = (),
    is_recount: bool = False,
) -> None:
    """Move the counters of locked `items` (all those of the variants concerned) by `changes`, keyed by item id.

    `entry` is needed when units come or go, or `steps` that sum to the changes. A recount may leave less than is
    promised, which is kept as a shortfall.
    Publishes `StockChanged` when a variant sells out, is back or turns low, and of every change of what is left below
    `told_below`; `StockLow` when an item turns low.
    """
    if not changes:
        return
    totals, levels = _totals(items), _levels(items)
    by_id = {item.id: item for item in items}
    waited_for = _waited_for(items)
    rows = list(changes.items())
    with connections[db.INVENTORY].cursor() as cursor:
        cursor.execute(
            _MOVE,
            {
                "is_recount": is_recount,
                "ids": [item_id for item_id, _change in rows],
                "on_hand": [change.on_hand for _id, change in rows],
                "reserved": [change.reserved for _id, change in rows],
                "allocated": [change.allocated for _id, change in rows],
                "has_waiting": [by_id[item_id].variant_id in waited_for for item_id, _change in rows],
            },
        )
        for item_id, *counters in cursor.fetchall():
            item = by_id[item_id]
            item.on_hand, item.reserved, item.allocated, item.shortfall = counters
    if steps:
        _insert([_row(by_id[step.stock_item_id], step.quantity, step.on_hand_after, step.entry) for step in steps])
    else:
        _write([(by_id[item_id], change.on_hand) for item_id, change in rows if change.on_hand], entry)
    _tell(items, totals, levels)


def move_each(items: Sequence[StockItem], steps: Sequence[Step], *, is_recount: bool = False) -> None:
    """As `move`, for several changes of the same locked items at once: a row each, and events for what comes of all."""
    sums: dict[UUID, int] = {}
    for step in steps:
        sums[step.stock_item_id] = sums.get(step.stock_item_id, 0) + step.quantity
    changes = {item_id: Change(on_hand=units) for item_id, units in sums.items()}
    move(items, changes, steps=steps, is_recount=is_recount)


def set_limits(items: Sequence[StockItem], item: StockItem, limits: Mapping[str, Any]) -> None:
    """Set columns of a locked item that say when it is low and what may be promised beyond the units on hand."""
    totals, levels = _totals(items), _levels(items)
    for name, value in limits.items():
        setattr(item, name, value)
    item.shortfall = max(0, item.reserved + item.allocated - item.on_hand - item.backorder_limit)
    item.save(using=db.INVENTORY, update_fields=[*limits, "shortfall"])
    _tell(items, totals, levels)
    _forget(item.variant_id)  # what is shown may have another date


def close_orders(items: Sequence[StockItem], item: StockItem) -> None:
    """Note that the end of selling beyond the units on hand was told of; tell those who show how many there are."""
    StockItem.objects.using(db.INVENTORY).filter(pk=item.pk).update(has_closed=True)
    units = _totals(items)[item.variant_id].units
    bus.publish(types.StockChanged(variant_id=item.variant_id, available=units), using=db.INVENTORY)
    _forget(item.variant_id)


def mark_waiting(items: Sequence[StockItem], *, has_waiting: bool) -> None:
    """Note on all locked items of a variant whether somebody waits for it; when nobody does any more, others hear."""
    if all(item.has_waiting == has_waiting for item in items):
        return
    StockItem.objects.using(db.INVENTORY).filter(pk__in=[item.id for item in items]).update(has_waiting=has_waiting)
    for item in items:
        item.has_waiting = has_waiting
    for variant_id, now in _totals(items).items():
        if not has_waiting:
            bus.publish(types.StockChanged(variant_id=variant_id, available=now.units), using=db.INVENTORY)
        _forget(variant_id)


def open_items(items: Iterable[StockItem], *, entry: Entry) -> int:
    """Insert those of the new `items` that do not exist yet, with ledger rows for their units; returns how many."""
    now = db.clock(db.INVENTORY)  # given, not left to the database's default: much cheaper in a bulk insert
    in_order = sorted(items, key=lambda item: (item.variant_id, item.location_id))  # or two loads wait for each other
    for item in in_order:
        item.updated_at = now
    new = StockItem.objects.using(db.INVENTORY).bulk_create(in_order, ignore_conflicts=True, batch_size=1000)
    inserted = set(
        StockItem.objects.using(db.INVENTORY).filter(pk__in=[item.id for item in new]).values_list("pk", flat=True)
    )
    _write([(item, item.on_hand) for item in new if item.id in inserted and item.on_hand], entry)
    return len(inserted)


_ITEM = "id, variant_id, sku, location_id, on_hand, reserved, allocated, shortfall, backorder_limit, version"
_MOVEMENT = "id, stock_item_id, variant_id, location_id, kind, quantity, on_hand_after, reason, actor, document"


def copy_items(units: Sequence[tuple[UUID, str, int]], *, location_id: UUID, entry: Entry) -> int:
    """As `open_items`, by COPY: (variant, SKU, units) of thousands of variants. Returns how many were opened.

    Somebody else who opens one of them at the same moment makes it fail as a whole; then it may be repeated.
    """
    _complete(entry)
    there = StockItem.objects.using(db.INVENTORY).filter(location_id=location_id)
    known = set(there.filter(variant_id__in=[row[0] for row in units]).values_list("variant_id", flat=True))
    # The threshold has no default in the database. Keys as text: what COPY sends is text, and making it is what costs.
    low, place = StockItem._meta.get_field("low_stock_threshold").get_default(), location_id.hex
    new = [(db.uuid7().hex, variant.hex, sku, number) for variant, sku, number in units if variant not in known]
    with connections[db.INVENTORY].cursor() as cursor:
        with cursor.copy(f"COPY inventory_stockitem ({_ITEM}, low_stock_threshold) FROM STDIN") as copy:
            for key, variant, sku, number in new:
                copy.write_row((key, variant, sku, place, number, 0, 0, 0, 0, 0, low))
        with cursor.copy(f"COPY inventory_stockmovement ({_MOVEMENT}) FROM STDIN") as copy:
            said = (entry.reason, entry.actor, entry.document)
            for key, variant, _sku, number in new:
                if number:
                    copy.write_row((db.uuid7().hex, key, variant, place, entry.kind.value, number, number, *said))
    return len(new)


def new_item(*, variant_id: UUID, sku: str, location_id: UUID, on_hand: int = 0) -> StockItem:
    """An unsaved stock item for `open_items`."""
    return StockItem(variant_id=variant_id, sku=sku, location_id=location_id, on_hand=on_hand)


def _write(units: Sequence[tuple[StockItem, int]], entry: Entry | None) -> None:
    if not units:
        return
    if entry is None:
        raise ValueError("units do not come or go without an entry in the ledger")
    _insert([_row(item, quantity, item.on_hand, entry) for item, quantity in units])


def _row(item: StockItem, quantity: int, on_hand_after: int, entry: Entry) -> StockMovement:
    _complete(entry)
    return StockMovement(
        stock_item_id=item.id,
        variant_id=item.variant_id,
        location_id=item.location_id,
        kind=entry.kind,
        quantity=quantity,
        on_hand_after=on_hand_after,
        reason=entry.reason,
        actor=entry.actor,
        document=entry.document,
    )


def _complete(entry: Entry) -> None:
    if not entry.is_complete:
        raise ValueError("the ledger asks of every unit who moved it, and why or for which document")


def _insert(rows: Sequence[StockMovement]) -> None:
    StockMovement.objects.using(db.INVENTORY).bulk_create(rows, batch_size=1000)


def _waited_for(items: Iterable[StockItem]) -> set[UUID]:
    """Variants that somebody waits for. An item opened since is not marked yet: its variant's others are."""
    return {item.variant_id for item in items if item.has_waiting}


def _levels(items: Iterable[StockItem]) -> dict[UUID, tuple[int, int]]:
    """Per item: the units available and the threshold at which it is low."""
    return {item.id: (item.available, item.low_stock_threshold) for item in items}


@dataclass(frozen=True, slots=True)
class _Total:
    """What there is of a variant at active locations: from `threshold` down it is low, and below `told_below` every
    change is told of.
    """

    units: int = 0
    threshold: int = 0
    told_below: int = 0

    def is_news(self, before: int) -> bool:
        """Whether others hear that there were so many `before`."""
        is_line_crossed = (before > 0) != (self.units > 0) or (before > self.threshold) != (self.units > self.threshold)
        return is_line_crossed or (before != self.units and min(before, self.units) < self.told_below)


def _totals(items: Iterable[StockItem]) -> dict[UUID, _Total]:
    sums: dict[UUID, _Total] = {}
    for item in items:
        known = sums.get(item.variant_id, _Total())
        sums[item.variant_id] = _Total(
            known.units + (item.available if item.location.is_active else 0),
            max(known.threshold, item.low_stock_threshold),
            max(known.told_below, item.told_below),
        )
    return sums


def _tell(items: Sequence[StockItem], totals: Mapping[UUID, _Total], levels: Mapping[UUID, tuple[int, int]]) -> None:
    """Publish what crossed a line. Units of many that merely become fewer concern nobody, and would cost an event per
    order; who asks for the number after they were counted anew is told the new one at once.

    For those who wait, every unit that comes counts; others are told how many are left beside what these are owed.
    """
    waited_for, owed, now_there = _waited_for(items), selectors.owed(items), _totals(items)
    _forget(*(variant_id for variant_id, now in now_there.items() if now.units != totals[variant_id].units))
    for variant_id, now in now_there.items():
        before = totals[variant_id].units
        if now.is_news(before) or (now.units > before and variant_id in waited_for):
            units = max(0, now.units - owed.get(variant_id, 0))
            bus.publish(types.StockChanged(variant_id=variant_id, available=units), using=db.INVENTORY)
    for item in items:
        before, threshold = levels[item.id]
        if before > threshold and item.available <= item.low_stock_threshold:
            bus.publish(
                types.StockLow(variant_id=item.variant_id, location_id=item.location_id, available=item.available),
                using=db.INVENTORY,
            )
        elif before <= threshold and item.available > item.low_stock_threshold:
            # here, not in a worker: the next fall must find it closed, or it would be taken for the same one
            StockAlert.objects.using(db.INVENTORY).filter(stock_item_id=item.id, closed_at=None).update(closed_at=Now())


def _forget(*variant_ids: UUID) -> None:
    if variant_ids:
        transaction.on_commit(lambda: cache.AVAILABILITY.delete_many(variant_ids), using=db.INVENTORY, robust=True)
