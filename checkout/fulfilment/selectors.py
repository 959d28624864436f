"""Reads of shipments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db.models import Prefetch, Q, Sum, prefetch_related_objects
from django.urls import reverse

from checkout.fulfilment import carriers, rules
from checkout.fulfilment.models import ForgottenLabel, Shipment, ShipmentLine, TrackingEvent
from inventory.stock import selectors as stock
from shop.core.links import Link, ids

Status = Shipment.Status


def shipments_of(order_id: UUID) -> list[Shipment]:
    """Oldest first, lines with their order lines; cancelled ones left out. Two queries."""
    rows = Shipment.objects.filter(order_id=order_id).exclude(status=Status.CANCELLED)
    lines = ShipmentLine.objects.select_related("order_line")
    return list(rows.order_by("id").prefetch_related(Prefetch("lines", lines)))


def shipment(shipment_id: UUID) -> Shipment:
    """A shipment. Raises `Shipment.DoesNotExist`."""
    return Shipment.objects.get(pk=shipment_id)


def tracked(order_id: UUID) -> list[Shipment]:
    """The same with what was told of each parcel (`events`), oldest first. Three queries, however many parcels."""
    shipments = shipments_of(order_id)
    prefetch_related_objects(shipments, "events")
    return shipments


def events_of(shipment_id: UUID) -> list[TrackingEvent]:
    """What was told of a parcel under way, oldest first."""
    return list(TrackingEvent.objects.filter(shipment_id=shipment_id).order_by("at", "id"))


def news_of(shipment: Shipment) -> list[TrackingEvent]:
    """What the carrier that has a parcel told of it, or staff, oldest first; not what one told that had it before."""
    others = set(carriers.CARRIERS) - {shipment.carrier_code}
    return list(TrackingEvent.objects.filter(shipment=shipment).exclude(source__in=others).order_by("at", "id"))


def contents_of(shipment_id: UUID) -> dict[UUID, int]:
    """How many units each line of a parcel has, by shipment line."""
    return dict(ShipmentLine.objects.filter(shipment_id=shipment_id).values_list("pk", "quantity"))


def gone(order_id: UUID) -> dict[UUID, int]:
    """Units of an order that have left, by order line."""
    rows = ShipmentLine.objects.filter(order_id=order_id, shipment__status__in=rules.GONE)
    return dict(rows.values_list("order_line").annotate(Sum("quantity")))


def packed(order_id: UUID) -> dict[UUID, int]:
    """Units of an order that are in its parcels, those that have left among them, by order line."""
    rows = ShipmentLine.objects.filter(order_id=order_id).exclude(shipment__status=Status.CANCELLED)
    return dict(rows.values_list("order_line").annotate(Sum("quantity")))


def not_there(shipment_ids: Iterable[UUID]) -> dict[UUID, int]:
    """Of parcels that are still here: units that cannot be on the shelf yet, by shipment line. Absent: all are there.

    Sold before they came in, or found missing. Three queries at most, however many parcels.
    """
    rows = ShipmentLine.objects.filter(shipment__in=list(shipment_ids), shipment__status__in=rules.HERE)
    return not_there_of(list(rows.select_related("order_line", "shipment").order_by("shipment_id", "id")))


def not_there_of(lines: Sequence[ShipmentLine]) -> dict[UUID, int]:
    """The same of lines with their order lines and shipments. What others have picked is not there for these."""
    places = [(line.order_line.variant_id, line.shipment.location_id) for line in lines]
    items = stock.levels_at((variant, location) for variant, location in places if location)
    scarce = {place for place, item in items.items() if item.on_hand < item.allocated}
    picked = _picked_at(scarce)
    missing: dict[UUID, int] = {}
    for line, (variant, location) in zip(lines, places, strict=True):
        if location is not None and (variant, location) in scarce:
            others = picked[variant, location] - line.picked
            there = items[variant, location].on_hand - others
            if there < line.quantity:
                missing[line.pk] = min(line.quantity - line.picked, line.quantity - max(0, there))
    return {key: units for key, units in missing.items() if units}


def _picked_at(places: set[tuple[UUID, UUID]]) -> Counter[tuple[UUID, UUID]]:
    """Units that are picked and have not left, by variant and location."""
    if not places:
        return Counter()
    rows = (
        ShipmentLine.objects.filter(
            shipment__location_id__in={location for _variant, location in places},
            shipment__status__in=rules.HERE,
            order_line__variant_id__in={variant for variant, _location in places},
        )
        .values_list("order_line__variant_id", "shipment__location_id")
        .annotate(units=Sum("picked"))
    )
    return Counter({(variant, location): units for variant, location, units in rows})


def parcels_of(carrier_code: str, numbers: Iterable[str]) -> dict[str, Shipment]:
    """The parcels that a carrier knows by these tracking numbers; of several by one number, the youngest that goes on.

    Cancelled ones among them: a carrier that has their label may tell of them all the same.
    """
    rows = Shipment.objects.filter(carrier_code=carrier_code, tracking_number__in=set(numbers))
    found = sorted(rows.exclude(tracking_number=""), key=lambda one: (one.status != Status.CANCELLED, one.pk))
    return {one.tracking_number: one for one in found}


def forgotten_label(label_id: UUID) -> ForgottenLabel:
    """A forgotten label with its parcel. Raises `ForgottenLabel.DoesNotExist`."""
    return ForgottenLabel.objects.select_related("shipment").get(pk=label_id)


def is_forgotten(order_id: UUID, number: str) -> bool:
    """Whether this is the number, or the barcode, of a label of an order's parcels that is good no more."""
    named = Q(tracking_number__iexact=number) | Q(barcode__iexact=number)
    return ForgottenLabel.objects.filter(named, order_id=order_id).exists()


def times_forgotten(shipment_id: UUID, carrier_code: str) -> int:
    """How many labels of a carrier are good no more that it made for a parcel."""
    return ForgottenLabel.objects.filter(shipment_id=shipment_id, carrier_code=carrier_code).count()


def forgotten_numbers(carrier_code: str, numbers: Iterable[str]) -> set[str]:
    """Those of tracking numbers that belong to a carrier's labels which are good no more."""
    rows = ForgottenLabel.objects.filter(carrier_code=carrier_code, tracking_number__in=set(numbers))
    return set(rows.values_list("tracking_number", flat=True))


def links(shipment_ids: Iterable[str]) -> dict[str, Link]:
    """Numbers of parcels and the pages of their orders, by what a ledger says ("<id>", or "<id>#<version>")."""
    asked = {key: key.partition("#")[0] for key in shipment_ids}
    rows = Shipment.objects.filter(pk__in=ids(asked.values())).values_list("pk", "number", "order_id")
    found = {
        str(key): Link(number, reverse("admin:checkout_order_change", args=[order])) for key, number, order in rows
    }
    return {key: found[plain] for key, plain in asked.items() if plain in found}


def orders_by_tracking(number: str) -> list[UUID]:
    """The orders of parcels with this tracking number, newest first."""
    rows = Shipment.objects.filter(tracking_number=number.strip()).exclude(tracking_number="")
    return list(rows.order_by("-id").values_list("order_id", flat=True)[:50])
