"""The commands of transfers. Each is one transaction of the inventory's database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from inventory.stock import deltas, ledger, locations, rules
from inventory.stock import locking as stock_locking
from inventory.stock import selectors as stock
from inventory.stock.models import StockItem, StockMovement
from inventory.stock.services import BadQuantity, UnknownStockItem
from inventory.transfers import locking, selectors
from inventory.transfers.models import Transfer, TransferLine
from shop.audit import services as audit
from shop.core import db

Kind = StockMovement.Kind
Status = Transfer.Status


class UnknownTransfer(LookupError):
    """There is no such transfer."""


class SameLocation(ValueError):
    """A transfer goes from one location to another one."""


class NothingToSend(ValueError):
    """A transfer without lines."""


class NotFree(Exception):
    """More units are to leave than nobody was promised: `free` says how many are."""

    def __init__(self, sku: str, free: int) -> None:
        super().__init__(f"only {free} of {sku} to spare")
        self.sku, self.free = sku, free


class TooMany(Exception):
    """More units are said to have come than are under way: `open` says how many are."""

    def __init__(self, sku: str, open_units: int) -> None:
        super().__init__(f"only {open_units} of {sku} under way")
        self.sku, self.open = sku, open_units


class TransferRefused(Exception):
    """The transfer is not in a state for this: `status` says in which it is."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class TransferChanged(Exception):
    """Somebody else has received some of the transfer since the caller looked."""


def draft(*, source: str, target: str, units: Mapping[str, int], note: str = "", by: str) -> Transfer:
    """Write down that `units` (≥ 1 each, by the SKU of the source's stock item) are to go from one location (a code) to
    another. Nothing moves yet.

    Raises `UnknownLocation`, `SameLocation`, `NothingToSend`, `BadQuantity`, `UnknownStockItem`.
    """
    if not units:
        raise NothingToSend
    for sku, quantity in units.items():
        if not rules.is_quantity(quantity):
            raise BadQuantity(f"{quantity!r} of {sku} is not a number of units")
    if source == target:
        raise SameLocation(source)
    with transaction.atomic(using=db.INVENTORY):
        start, end = locations.by_code(source), locations.by_code(target)
        row = Transfer.objects.using(db.INVENTORY).create(source=start, target=end, note=note[:200], actor=by)
        lines = [
            TransferLine(transfer=row, variant_id=_variant(sku, start.pk), sku=sku, quantity=quantity)
            for sku, quantity in units.items()
        ]
        TransferLine.objects.using(db.INVENTORY).bulk_create(lines)
    return row


def send(*, transfer_id: UUID, by: str) -> bool:
    """The units of a draft leave; True if they did now, False if they had left before. Only unpromised units may.

    Raises `UnknownTransfer`, `TransferRefused` (cancelled), `NothingToSend`, `NotFree`, `UnknownStockItem`.
    """
    with transaction.atomic(using=db.INVENTORY):
        row = _locked(transfer_id)
        if row.status in (Status.SENT, Status.RECEIVED):
            return False
        if row.status != Status.DRAFT:
            raise TransferRefused(row.status)
        lines = selectors.lines_of(row.pk)
        if not lines:
            raise NothingToSend
        items = stock_locking.items_of(line.variant_id for line in lines)
        there = {item.variant_id: item for item in items if item.location_id == row.source_id}
        changes = {_leaving(line, there).id: rules.Change(on_hand=-line.quantity) for line in lines}
        ledger.move(items, changes, entry=ledger.Entry(Kind.TRANSFER, by, row.note, row.document))
        _advance(
            row, by, "transfer.send", {line.sku: line.quantity for line in lines}, status=Status.SENT, sent_at=Now()
        )
    return True


def receive(*, transfer_id: UUID, units: Mapping[UUID, int], version: int, by: str) -> bool:
    """So many `units` (≥ 0, by variant) have come now; True when with them the transfer is complete.

    `version` is the transfer's as the caller saw it: the same receipt sent twice is refused the second time. Raises
    `UnknownTransfer`, `TransferRefused`, `TransferChanged`, `TooMany`, `BadQuantity` (also when none has come).
    """
    _check_units(units)
    with transaction.atomic(using=db.INVENTORY):
        row = _under_way(transfer_id, version)
        lines = {line.variant_id: line for line in selectors.lines_of(row.pk)}
        came = {key: quantity for key, quantity in units.items() if quantity}
        for key, quantity in came.items():
            line = lines.get(key)
            if line is None or quantity > line.open:
                raise TooMany(line.sku if line else str(key), line.open if line else 0)
        _arrive(row, [(lines[key], quantity) for key, quantity in came.items()], by)
        is_complete = not any(line.open for line in lines.values())
        _advance(
            row, by, "transfer.receive", {lines[key].sku: quantity for key, quantity in came.items()},
            **({"status": Status.RECEIVED, "closed_at": Now()} if is_complete else {}),
        )  # fmt: skip
    return is_complete


def close(*, transfer_id: UUID, reason: str, version: int, by: str) -> int:
    """What has not come will not: it is written off, and the transfer is over; returns how many units were lost.

    The ledger has them come to the target and leave it for the `reason`, so that no unit is without an end. Raises
    `UnknownTransfer`, `TransferRefused`, `TransferChanged`, and `ValueError` without a reason.
    """
    if not reason.strip():
        raise ValueError("units are not written off without a reason")
    with transaction.atomic(using=db.INVENTORY):
        row = _under_way(transfer_id, version)
        lost = [(line, line.open) for line in selectors.lines_of(row.pk) if line.open]
        _write_off(row, lost, reason, by)
        _advance(
            row, by, "transfer.close", {line.sku: units for line, units in lost},
            status=Status.RECEIVED, closed_at=Now(),
        )  # fmt: skip
    return sum(units for _line, units in lost)


def cancel(*, transfer_id: UUID, by: str) -> bool:
    """A draft is not to be sent; True if it was one, False if it was cancelled before. Raises `UnknownTransfer`,
    `TransferRefused` (it has left)."""
    with transaction.atomic(using=db.INVENTORY):
        row = _locked(transfer_id)
        if row.status == Status.CANCELLED:
            return False
        if row.status != Status.DRAFT:
            raise TransferRefused(row.status)
        _advance(row, by, "transfer.cancel", {}, status=Status.CANCELLED, closed_at=Now())
    return True


def _variant(sku: str, location_id: UUID) -> UUID:
    variant_id = stock.variant_at(sku=sku, location_id=location_id)
    if variant_id is None:
        raise UnknownStockItem(sku)
    return variant_id


def _locked(transfer_id: UUID) -> Transfer:
    row = locking.transfer(transfer_id)
    if row is None:
        raise UnknownTransfer(str(transfer_id))
    return row


def _under_way(transfer_id: UUID, version: int) -> Transfer:
    """The locked transfer if it is as the caller saw it."""
    row = _locked(transfer_id)
    if row.version != version:
        raise TransferChanged
    if row.status != Status.SENT:
        raise TransferRefused(row.status)
    return row


def _leaving(line: TransferLine, there: Mapping[UUID, StockItem]) -> StockItem:
    item = there.get(line.variant_id)
    if item is None:
        raise UnknownStockItem(line.sku)
    if line.quantity > item.free:
        raise NotFree(item.sku, item.free)
    return item


def _check_units(units: Mapping[UUID, int]) -> None:
    for quantity in units.values():
        if quantity != 0 and not rules.is_quantity(quantity):
            raise BadQuantity(f"{quantity!r} is not a number of units")
    if not any(units.values()):
        raise BadQuantity("no unit has come")


def _arrive(row: Transfer, parts: Sequence[tuple[TransferLine, int]], by: str) -> None:
    for line, quantity in parts:
        line.received += quantity
    TransferLine.objects.using(db.INVENTORY).bulk_update([line for line, _quantity in parts], ["received"])
    deltas.move_many(deltas=[_delta(row, line, quantity) for line, quantity in parts], by=by)


def _write_off(row: Transfer, parts: Sequence[tuple[TransferLine, int]], reason: str, by: str) -> None:
    for line, quantity in parts:
        line.written_off += quantity
    TransferLine.objects.using(db.INVENTORY).bulk_update([line for line, _quantity in parts], ["written_off"])
    for line, quantity in parts:
        come = _delta(row, line, quantity)
        gone = deltas.Delta(
            line.variant_id, line.sku, row.target.code, -quantity, Kind.ADJUST, reason[:200], row.document
        )
        deltas.move_many(deltas=[come, gone], by=by)


def _delta(row: Transfer, line: TransferLine, quantity: int) -> deltas.Delta:
    return deltas.Delta(line.variant_id, line.sku, row.target.code, quantity, Kind.TRANSFER, row.note, row.document)


def _advance(row: Transfer, by: str, action: str, changes: Mapping[str, int], **fields: object) -> None:
    Transfer.objects.using(db.INVENTORY).filter(pk=row.pk).update(version=F("version") + 1, actor=by, **fields)
    audit.record(
        action=action, by=by, object_type="transfer", object_id=row.pk, changes=dict(changes), using=db.INVENTORY
    )
