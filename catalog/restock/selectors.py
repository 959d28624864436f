"""Reads of the requests, each with how its place in the line stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from catalog.products import selectors as products
from catalog.products.models import Product, Variant
from catalog.products.selectors import Offer
from catalog.restock.models import RestockRequest
from inventory.waitlist import selectors as waitlist
from inventory.waitlist.selectors import Entry


@dataclass(frozen=True)
class Place:
    """A place in the line with what is waited for; `offer` is None for a variant that is gone."""

    entry: Entry
    offer: Offer | None


@dataclass(frozen=True)
class Line:
    """A variant that is waited for: how many wait, and for how many of them units are held."""

    sku: str
    name: str
    waiting: int
    offered: int


def by_id(request_id: UUID) -> RestockRequest | None:
    return RestockRequest.objects.filter(pk=request_id).first()


def sku_of(variant_id: UUID) -> str | None:
    """The SKU of a variant that is for sale; None if there is none under this id."""
    rows = Variant.objects.filter(pk=variant_id, is_active=True, product__status=Product.Status.ACTIVE)
    return rows.values_list("sku", flat=True).first()


def place(entry_id: UUID) -> Place | None:
    """A place in the line by its id; None if there never was one."""
    return next(iter(_places([entry_id])), None)


def places_of(customer_id: UUID) -> list[Place]:
    """Where a customer waits or has something held, the latest first."""
    rows = RestockRequest.objects.filter(customer_id=customer_id).order_by("-id")
    return [one for one in _places(rows.values_list("pk", flat=True)[:20]) if one.entry.is_open]


def lines() -> list[Line]:
    """The variants with the longest lines."""
    found = waitlist.lines()
    offers = _offers(line.variant_id for line in found)
    return [
        Line(offers[line.variant_id].sku, offers[line.variant_id].name, line.waiting, line.offered)
        for line in found
        if line.variant_id in offers
    ]


def _places(entry_ids: Iterable[UUID]) -> list[Place]:
    ids = list(entry_ids)
    if not ids:
        return []
    entries = waitlist.entries(ids)
    offers = _offers(entry.variant_id for entry in entries.values())
    return [Place(entries[key], offers.get(entries[key].variant_id)) for key in ids if key in entries]


def _offers(variant_ids: Iterable[UUID]) -> dict[UUID, Offer]:
    return products.offers(variant_ids, currency=settings.DEFAULT_CURRENCY)
