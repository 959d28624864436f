"""Reads of what is sold and where, whether it is still here, and what left or came with a document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Sum

from inventory.stock.models import Allocation, Location, StockItem, StockMovement
from shop.core import db


def shipped_with(document: str) -> dict[UUID, int]:
    """Units that left with a document, by variant."""
    rows = (
        StockMovement.objects.using(db.INVENTORY)
        .filter(document=document, kind=StockMovement.Kind.SHIP)
        .values("variant_id")
        .annotate(units=Sum("quantity"))
    )
    return {row["variant_id"]: -row["units"] for row in rows}


def is_moved(document: str, stock_item_id: UUID | None = None) -> bool:
    """Whether the ledger has units that came or went with a document, of this stock item or of any."""
    rows = StockMovement.objects.using(db.INVENTORY).filter(document=document)
    if stock_item_id is not None:
        rows = rows.filter(stock_item_id=stock_item_id)
    return rows.exclude(kind=StockMovement.Kind.SHIP).exists()


@dataclass(frozen=True, slots=True)
class Allotted:
    """Units of a variant sold to a reference at one location: `kept` by it, and those of them that have `shipped`."""

    variant_id: UUID
    location_id: UUID
    kept: int
    shipped: int


def allocated(reference: UUID) -> list[Allotted]:
    """Where the units of a reference are allocated, first those of the location asked first. Two queries."""
    rows = [row for row in Allocation.objects.using(db.INVENTORY).filter(reference=reference) if row.kept]
    places = Location.objects.using(db.INVENTORY).filter(pk__in={row.location_id for row in rows})
    rank = {place.pk: (place.priority, place.code) for place in places}
    rows.sort(key=lambda row: (rank[row.location_id], row.pk))
    return [Allotted(row.variant_id, row.location_id, row.kept, row.shipped) for row in rows]


def kept_at(references: Iterable[UUID]) -> dict[UUID, Counter[tuple[UUID, UUID]]]:
    """Units that references keep, by reference and then by variant and location. One query."""
    rows = Allocation.objects.using(db.INVENTORY).filter(reference__in=list(references))
    found: dict[UUID, Counter[tuple[UUID, UUID]]] = {}
    for row in rows:
        found.setdefault(row.reference, Counter())[row.variant_id, row.location_id] += row.kept
    return found


def levels_at(places: Iterable[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], StockItem]:
    """The stock item at each (variant, location), unlocked: for pages and for sentences. One query."""
    wanted = set(places)
    rows = StockItem.objects.using(db.INVENTORY).filter(
        variant_id__in={variant for variant, _location in wanted},
        location_id__in={location for _variant, location in wanted},
    )
    found = {(row.variant_id, row.location_id): row for row in rows}
    return {place: found[place] for place in wanted if place in found}


def free_at(variant_ids: Iterable[UUID]) -> list[StockItem]:
    """The stock items at active locations that have units on hand which nobody was promised, with their location."""
    rows = StockItem.objects.using(db.INVENTORY).filter(variant_id__in=set(variant_ids), location__is_active=True)
    return [row for row in rows.select_related("location") if row.free]


@dataclass(frozen=True, slots=True)
class Sold:
    """Units of a variant sold to one document: `kept` by it, and those of them still here (`open`)."""

    kept: int
    open: int


def sold_to(references: Iterable[UUID]) -> dict[tuple[UUID, UUID], Sold]:
    """What is allocated, by (reference, variant); what was given back does not count. One query."""
    rows = (
        Allocation.objects.using(db.INVENTORY)
        .filter(reference__in=list(references))
        .values_list("reference", "variant_id")
        .annotate(units=Sum(F("quantity") - F("released")), shipped=Sum("shipped"))
    )
    return {(reference, variant): Sold(kept, kept - shipped) for reference, variant, kept, shipped in rows}
