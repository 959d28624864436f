"""The commands of a round: a unit into its box, back again, a box that is finished, units that are not there.

Each locks the wave first, so that two scanners in one wave never count the same unit twice. Others change its parcels
under their orders' locks, which are taken after the wave's: what was read before these is held against the parcel's
version, and read anew if it is not that any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.products import codes
from checkout.fulfilment import contents as contents_of
from checkout.fulfilment import packing, shorting
from checkout.fulfilment import selectors as fulfilment
from checkout.warehouse import rules, selectors, services
from checkout.warehouse.boxes import BoxLine, Contents
from checkout.warehouse.models import PickScan, PickWave
from inventory.stock import selectors as stock
from shop.core import db


class ScanRefused(Exception):
    """Nothing was counted. `str()` says why, for people; `code` for programs.

    Codes: "empty", "bad_units", "unknown", "ambiguous", "not_here", "complete", "too_many", "twice",
    "nothing_to_undo", "finished", "over".
    """

    def __init__(self, message: str, code: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a scan did: units of a SKU, and into which boxes, or a parcel that is finished now."""

    sku: str = ""
    boxes: tuple[tuple[int, str, int], ...] = ()  # (box, parcel's number, units)
    complete: tuple[int, ...] = ()  # boxes that have everything now
    finished: str = ""  # the parcel's number

    @property
    def units(self) -> int:
        return sum(units for _box, _number, units in self.boxes)


def scan(*, wave_id: UUID, text: str, by: str, nonce: str = "") -> Scanned:
    """Count what was scanned: "SKU", "3*SKU" or a GTIN for the first parcels that need it. A parcel's number
    finishes it.

    `nonce` names the form that was sent, if it has one: the same form with the same goods counts once. Raises
    `ScanRefused`, `services.WaveRefused`, `contents.ShipmentRefused`, `orders.TransitionRefused`; then nothing was
    counted.
    """
    try:
        units, code = rules.scanned(text)
    except rules.BadScan as bad:
        raise ScanRefused(_unreadable(bad.code), bad.code) from bad
    return _as_it_is(lambda: _scan(wave_id, units, code, by, nonce))


def _scan(wave_id: UUID, units: int, code: str, by: str, nonce: str) -> Scanned:
    with transaction.atomic(using=db.DEFAULT):
        wave = _open(wave_id)
        contents = selectors.contents(wave)
        parcel = next((box for box in contents.boxes if rules.same_code(box.shipment.number, code)), None)
        if parcel:
            packing.finish_picking(shipment_id=parcel.shipment.pk, by=by)
            services.end_if_over(wave, by)
            return Scanned(finished=parcel.shipment.number)
        lines = _meant(contents, code)
        return _count(wave, contents, lines, units, by, nonce=_fresh(wave, lines[0].sku, nonce[:40]))


def _as_it_is(step: Callable[[], Scanned]) -> Scanned:
    """What a step of a round comes to; once more with what is there now, if somebody changed a parcel meanwhile."""
    try:
        return step()
    except contents_of.ShipmentRefused as refused:
        if refused.code != "changed_meanwhile":
            raise
    return step()


def undo(*, wave_id: UUID, by: str) -> Scanned:
    """Take back the last scan that stands. Raises `ScanRefused`, and what fulfilment raises."""
    return _as_it_is(lambda: _undo(wave_id, by))


def _undo(wave_id: UUID, by: str) -> Scanned:
    with transaction.atomic(using=db.DEFAULT):
        wave = _open(wave_id)
        last = next(iter(selectors.last_scans(wave.pk, 1)), None)
        if last is None:
            raise ScanRefused(_("There is nothing to take back."), "nothing_to_undo")
        line = next((one for one in selectors.contents(wave).lines if last.line and one.line_id == last.line_id), None)
        if line is None:
            raise ScanRefused(_("That parcel is finished: nothing of it can be taken back here."), "finished")
        left = max(0, line.picked - last.units)
        packing.pick_units(shipment_id=line.shipment_id, units={line.line_id: left}, seen=line.version, by=by)
        PickScan.objects.filter(pk=last.pk).update(is_undone=True)
        return Scanned(sku=line.sku, boxes=((line.box, line.number, line.picked - left),))


def finish(*, wave_id: UUID, by: str, shipment_id: UUID | None = None) -> list[str]:
    """Finish one parcel of the wave, or all that have everything and are paid for; returns their numbers. Raises as
    `scan`."""
    with transaction.atomic(using=db.DEFAULT):
        wave = _open(wave_id)
        boxes = selectors.contents(wave).boxes
        complete = [box for box in boxes if box.is_complete and box.is_ready]
        chosen = [box for box in boxes if box.shipment.pk == shipment_id] if shipment_id else complete
        for box in sorted(chosen, key=lambda one: one.shipment.order_id):
            packing.finish_picking(shipment_id=box.shipment.pk, by=by)
        services.end_if_over(wave, by)
        return [box.shipment.number for box in chosen]


def short(*, wave_id: UUID, line_id: UUID, units: int, then: str, by: str, seen: int | None = None) -> BoxLine:
    """So many units of a line are not on the shelf; `then` "refund", "wait" or "elsewhere". Raises as `scan` does."""
    with transaction.atomic(using=db.DEFAULT):
        wave = _open(wave_id)
        line = next((one for one in selectors.contents(wave).lines if one.line_id == line_id), None)
        if line is None:
            raise ScanRefused(_("That parcel is not being picked any more."), "finished")
        if not 1 <= units <= line.open:
            raise ScanRefused(_("Of %(sku)s, %(open)d are still to be picked for this parcel.") % {
                "sku": line.sku, "open": line.open,
            }, "too_many")  # fmt: skip
        shorting.short(shipment_id=line.shipment_id, units={line_id: units}, then=then, by=by, seen=seen)
        services.end_if_over(wave, by)
        return line


def pick_all(*, shipment_id: UUID, by: str, seen: int | None = None) -> None:
    """Everything of a parcel is in it, counted by eye: pick all of it and finish it. `seen`: the parcel's `version`
    then. Raises what fulfilment raises."""
    with transaction.atomic(using=db.DEFAULT):
        found = selectors.open_wave_of(shipment_id)
        wave = services.locked(found.pk) if found else None
        units = fulfilment.contents_of(shipment_id)
        packing.pick_units(shipment_id=shipment_id, units=units, seen=seen, by=by)
        packing.finish_picking(shipment_id=shipment_id, by=by)
        if wave:
            services.end_if_over(wave, by)


def _open(wave_id: UUID) -> PickWave:
    wave = services.locked(wave_id)
    if wave.status != services.Status.OPEN:
        raise services.WaveRefused(_("This wave is over."), "over")
    return wave


def _meant(contents: Contents, code: str) -> list[BoxLine]:
    """The lines of the wave that a code means: by SKU, or else by the variants' GTINs. Raises `ScanRefused`."""
    lines = contents.lines
    found = [line for line in lines if line.sku == code] or [line for line in lines if rules.same_code(line.sku, code)]
    if not found:
        gtins = codes.gtins({line.variant_id for line in lines})
        found = [line for line in lines if rules.same_code(gtins.get(line.variant_id, ""), code)]
    if len({line.sku for line in found}) > 1:
        text = _("%(code)s may be %(skus)s: type it with capitals and small letters as they are.")
        told = {"code": rules.shown(code), "skus": ", ".join(sorted({line.sku for line in found}))}
        raise ScanRefused(text % told, "ambiguous")
    if found:
        return found
    if stock.variants_of_skus([code]) or codes.with_gtin(code):
        raise ScanRefused(
            _("%(code)s is not in this wave, or its parcels are finished.") % {"code": rules.shown(code)}, "not_here"
        )  # fmt: skip
    raise ScanRefused(
        _("%(code)s is unknown: no SKU and no barcode of ours.") % {"code": rules.shown(code)}, "unknown"
    )  # fmt: skip


def _fresh(wave: PickWave, sku: str, nonce: str) -> str:
    """The nonce, to be kept with the scan; none if another scan has it (a form of the page before, filled in anew)."""
    before = PickScan.objects.filter(wave=wave, nonce=nonce).select_related("line__order_line").first()
    if not nonce or before is None:
        return nonce
    if before.line is None or before.line.order_line.sku == sku:
        text = _("%(sku)s came twice at once and was counted once. Scan it again if there is another one.")
        raise ScanRefused(text % {"sku": sku}, "twice")
    return ""


def _count(
    wave: PickWave, contents: Contents, lines: list[BoxLine], units: int, by: str, *, nonce: str
) -> Scanned:  # fmt: skip
    lines = [line for line in lines if line.is_ready and line.open] or lines  # if none is paid for, fulfilment says so
    needed = sum(line.open for line in lines)
    sku = lines[0].sku
    if not needed:
        raise ScanRefused(_("%(sku)s is complete: put it back.") % {"sku": sku}, "complete")
    if units > needed:
        text = ngettext(
            "Of %(sku)s only %(needed)d is needed, not %(units)d.",
            "Of %(sku)s only %(needed)d are needed, not %(units)d.",
            needed,
        )
        raise ScanRefused(text % {"sku": sku, "needed": needed, "units": units}, "too_many")
    by_id = {line.line_id: line for line in lines}
    shares = rules.share(units, [rules.Need(line.line_id, line.box, line.open) for line in lines])
    _pick({by_id[need.line_id]: part for need, part in shares}, by)
    PickScan.objects.bulk_create(
        PickScan(
            wave=wave, position=position, line_id=need.line_id, order_id=by_id[need.line_id].order_id, units=part,
            actor=by, nonce=nonce if need is shares[0][0] else "",
        )
        for position, (need, part) in enumerate(shares, start=PickScan.objects.filter(wave=wave).count() + 1)
    )  # fmt: skip
    added: dict[int, int] = {}
    for need, part in shares:
        added[need.box] = added.get(need.box, 0) + part
    complete = [box.box for box in contents.boxes if box.box in added and box.picked + added[box.box] == box.quantity]
    boxes = tuple((need.box, by_id[need.line_id].number, part) for need, part in shares)
    return Scanned(sku=sku, boxes=boxes, complete=tuple(complete))


def _pick(parts: Mapping[BoxLine, int], by: str) -> None:
    """So many units more of each line are picked: all of a parcel's at once, orders locked one after the other."""
    parcels: dict[tuple[UUID, UUID, int], dict[UUID, int]] = {}
    for line, part in parts.items():
        picked = parcels.setdefault((line.order_id, line.shipment_id, line.version), {})
        picked[line.line_id] = line.picked + part
    for (_order_id, shipment_id, version), units in sorted(parcels.items(), key=lambda pair: pair[0]):
        packing.pick_units(shipment_id=shipment_id, units=units, seen=version, by=by)


def _unreadable(code: str) -> str:
    if code == "bad_units":
        return _("Say how many as 3*SKU, from 1 to %(most)d.") % {"most": rules.MOST_UNITS}
    return _("Scan a unit, or type its SKU.")
