"""Reads of the warehouse: parcels to pick, what is in a wave, parcels by what a scanner says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Case, Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum, When
from django.db.models.lookups import GreaterThanOrEqual

from checkout.fulfilment import contents as parcels_of
from checkout.fulfilment import selectors as fulfilment
from checkout.fulfilment import slips
from checkout.fulfilment.models import Shipment, ShipmentLine
from checkout.orders import lines as order_lines
from checkout.warehouse.boxes import Box, BoxLine, Contents, SkuRow
from checkout.warehouse.models import PickScan, PickWave, PrintJob, WaveParcel

_Row = TypeVar("_Row", bound=Shipment)
_BATCH = 1000


def _may_go() -> Q:
    """Parcels whose units may be prepared and handed over, as `fulfilment.contents.is_ready` says of one order.

    A change may have made an order dearer than what has come for it: its parcels wait until that is paid. What of it
    is still here when all of its money was given back waits to be taken off.
    """
    came = F("order__secured_minor") - F("order__refunded_minor")
    is_paid = GreaterThanOrEqual(came, F("order__total_minor") - F("order__allowed_minor"))
    is_given_back = Q(
        order__captured_minor__gt=0, order__captured_minor=F("order__refunded_minor"),
        order__allowed_minor__gte=F("order__total_minor"),
    )  # fmt: skip
    return Q(is_paid) & ~is_given_back & Q(order__status__in=parcels_of.GOING_ON)


def to_pick(rows: QuerySet[_Row]) -> QuerySet[_Row]:
    """Those of `rows` that wait for somebody to pick them: paid for, not in anybody's wave."""
    taken = inside().filter(shipment_id=OuterRef("pk"), is_open=True)
    return rows.filter(_may_go(), ~Exists(taken), status=Shipment.Status.OPEN)


def inside() -> QuerySet[WaveParcel]:
    """What is in waves. A parcel that another location packs since is in none of the house that it left, nor one that
    a later wave has taken."""
    stays = Q(shipment__location_id=F("wave__location_id")) | Q(shipment__location_id=None, wave__location_id=None)
    return WaveParcel.objects.filter(stays, Q(is_open=True) | ~Q(wave__status=PickWave.Status.OPEN))


def missing(shipment_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many units of these parcels are not on the shelf (sold before they are there, or not found), by parcel."""
    rows = ShipmentLine.objects.filter(shipment__in=list(shipment_ids)).select_related("order_line", "shipment")
    lines = list(rows.order_by("shipment_id", "id"))
    found: dict[UUID, int] = {}
    absent = fulfilment.not_there_of(lines)
    for line in lines:
        if line.pk in absent:
            found[line.shipment_id] = found.get(line.shipment_id, 0) + absent[line.pk]
    return found


def units(shipment_ids: Iterable[UUID]) -> dict[UUID, int]:
    """How many units are in each of these parcels. One query."""
    rows = ShipmentLine.objects.filter(shipment__in=list(shipment_ids)).values_list("shipment_id")
    return dict(rows.annotate(Sum("quantity")))


def next_to_pick(*, location_id: UUID | None, most: int, delivery_option: str = "") -> list[UUID]:
    """The oldest parcels of a location that have their units, at most so many; of one delivery option, if given.

    Those that lack something are passed over: asked of ever more at a time, so that few are read where few lack any.
    """
    rows = to_pick(Shipment.objects.all()).filter(location_id=location_id, is_waiting=False)
    if delivery_option:
        rows = rows.filter(order__delivery_option=delivery_option)
    found: list[UUID] = []
    after, size = UUID(int=0), 2 * most
    while len(found) < most:
        ids = list(rows.filter(pk__gt=after).order_by("id").values_list("pk", flat=True)[:size])
        lacking = missing(ids)
        found += [one for one in ids if one not in lacking]
        if len(ids) < size:
            break
        after, size = ids[-1], min(2 * size, _BATCH)
    return found[:most]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many parcels of a location and a way of delivery wait for being picked."""

    location_id: UUID | None
    delivery_option: str
    delivery_name: str
    parcels: int


def waiting() -> list[Waiting]:
    """What waits for a wave and has its units, the fullest location first. One query."""
    rows = to_pick(Shipment.objects.all()).filter(is_waiting=False)
    groups = rows.values("location_id", "order__delivery_option").annotate(
        name=Max("order__delivery_name"), parcels=Count("pk")
    )
    found = groups.order_by("-parcels").values_list("location_id", "order__delivery_option", "name", "parcels")
    return [Waiting(*group) for group in found]


def wave(wave_id: UUID) -> PickWave | None:
    return PickWave.objects.filter(pk=wave_id).first()


def over() -> list[UUID]:
    """Open waves in which nothing is left to pick, oldest first. One query."""
    left = inside().filter(wave_id=OuterRef("pk"), shipment__status=Shipment.Status.OPEN)
    rows = PickWave.objects.filter(~Exists(left), status=PickWave.Status.OPEN)
    return list(rows.order_by("id").values_list("pk", flat=True))


def contents(wave: PickWave) -> Contents:
    """What is in a wave. Two queries, whatever its size. Cancelled parcels are boxes with nothing in them."""
    parcels = list(inside().filter(wave=wave).select_related("shipment__order").order_by("box"))
    lines = list(
        ShipmentLine.objects.filter(shipment__in=[one.shipment_id for one in parcels])
        .select_related("order_line")
        .order_by("order_line__sku", "id")
    )
    by_parcel: dict[UUID, list[ShipmentLine]] = {}
    for line in lines:
        by_parcel.setdefault(line.shipment_id, []).append(line)
    boxes = tuple(_box(one, by_parcel.get(one.shipment_id, [])) for one in parcels)
    rows: dict[tuple[str, str], list[tuple[Box, ShipmentLine]]] = {}
    for box in boxes:
        for line in by_parcel.get(box.shipment.pk, []) if box.is_open else []:
            key = (line.order_line.sku, order_lines.about(line.order_line))  # not all are made alike
            rows.setdefault(key, []).append((box, line))
    return Contents(tuple(_row(rows[key]) for key in sorted(rows)), boxes)


def _box(parcel: WaveParcel, lines: list[ShipmentLine]) -> Box:
    is_over = str(parcel.shipment.status) == Shipment.Status.CANCELLED
    units = [] if is_over else lines
    return Box(
        parcel.box, parcel.shipment, sum(line.quantity for line in units), sum(line.picked for line in units),
        is_outdated=slips.is_outdated(parcel.shipment, lines),
    )  # fmt: skip


def _row(pairs: list[tuple[Box, ShipmentLine]]) -> SkuRow:
    bought = pairs[0][1].order_line
    return SkuRow(
        sku=bought.sku,
        name=bought.name,
        options=order_lines.about(bought),
        picture=bought.picture,
        lines=tuple(_line(box, line) for box, line in pairs),
    )


def _line(box: Box, line: ShipmentLine) -> BoxLine:
    return BoxLine(
        line_id=line.pk, shipment_id=line.shipment_id, order_id=line.order_id, box=box.box, number=box.shipment.number,
        variant_id=line.order_line.variant_id, version=box.shipment.version, sku=line.order_line.sku,
        quantity=line.quantity, picked=line.picked, is_ready=box.is_ready,
    )  # fmt: skip


def last_scans(wave_id: UUID, most: int = 5) -> list[PickScan]:
    """What was scanned last and stands, latest first, with line, SKU and parcel."""
    rows = PickScan.objects.filter(wave_id=wave_id, is_undone=False).order_by("-position")
    return list(rows.select_related("line__order_line", "line__shipment")[:most])


def progress(wave_ids: Iterable[UUID]) -> dict[UUID, tuple[int, int, int]]:
    """(parcels, units picked, units) of waves, by id. Two queries."""
    ids = list(wave_ids)
    parcels = list(inside().filter(wave_id__in=ids).values_list("wave_id", "shipment_id"))
    sums = ShipmentLine.objects.filter(shipment_id__in=[shipment for _wave, shipment in parcels])
    sums = sums.exclude(shipment__status=Shipment.Status.CANCELLED)
    units = {
        key: (picked, quantity)
        for key, picked, quantity in sums.values_list("shipment_id").annotate(Sum("picked"), Sum("quantity"))
    }
    found = dict.fromkeys(ids, (0, 0, 0))
    for wave_id, shipment_id in parcels:
        count, picked, quantity = found[wave_id]
        more, all_of_it = units.get(shipment_id, (0, 0))
        found[wave_id] = (count + 1, picked + more, quantity + all_of_it)
    return found


def open_wave_of(shipment_id: UUID) -> PickWave | None:
    """The wave in which the parcel is being picked."""
    parcel = inside().filter(shipment_id=shipment_id, is_open=True).select_related("wave").first()
    return parcel.wave if parcel else None


def parcel(code: str, *, status: str = "") -> Shipment | None:
    """The parcel that a scanner means: by its number, or by the number or barcode on its label. None if none does.

    Of several by one number, one in `status`, or else the youngest.
    """
    clean = code.strip()
    if not clean:
        return None
    rows = Shipment.objects.select_related("order").prefetch_related("lines__order_line")
    asked = (
        Q(number=clean.upper()),
        Q(tracking_number=clean),
        Q(barcode=clean, status=Shipment.Status.PICKED),  # where it is not the tracking number, which has an index
    )
    first = Case(When(status=status, then=0), default=1)
    return next((found for one in asked if (found := rows.filter(one).order_by(first, "-id").first())), None)


def parcels(shipment_ids: Iterable[Any]) -> list[Shipment]:
    """Parcels with order and lines, in the order of the ids; those that are gone or cancelled are left out."""
    ids = [UUID(str(one)) for one in shipment_ids]
    rows = Shipment.objects.filter(pk__in=ids).exclude(status=Shipment.Status.CANCELLED)
    found = {one.pk: one for one in rows.select_related("order").prefetch_related("lines__order_line")}
    return [found[one] for one in ids if one in found]


def _picked(location_id: UUID | None) -> QuerySet[Shipment]:
    rows = Shipment.objects.filter(status=Shipment.Status.PICKED).select_related("order").order_by("id")
    return rows.filter(location_id=location_id) if location_id else rows


def ready(*, location_id: UUID | None = None, most: int = 100) -> list[Shipment]:
    """Picked parcels that can leave, the oldest first; of one location, if given. One query."""
    return list(_picked(location_id).filter(_may_go())[:most])


def held_up(*, location_id: UUID | None = None, most: int = 100) -> list[Shipment]:
    """The other picked parcels: nobody may hand them over as their orders are (`wording.held_up`). Two queries."""
    return list(_picked(location_id).exclude(_may_go()).prefetch_related("order__payments")[:most])


def is_held_up(shipment: Shipment) -> bool:
    """The same of one parcel with its order, by the guard itself. No query."""
    return shipment.status == Shipment.Status.PICKED and not parcels_of.is_ready(shipment.order)


def arrived(most: int = 10) -> list[Shipment]:
    """The parcels that arrived last, of those that left last, the latest first."""
    rows = Shipment.objects.filter(status=Shipment.Status.DELIVERED).order_by("-id")[:100]
    return sorted(rows, key=lambda one: one.delivered_at or one.created_at, reverse=True)[:most]


def print_job(job_id: UUID) -> PrintJob | None:
    return PrintJob.objects.filter(pk=job_id).first()
