"""Locations and stock, made through the services, so that the ledger adds up."""

from __future__ import annotations

from uuid import UUID

import factory

from inventory.stock import services
from inventory.stock.models import Location, StockItem
from shop.core import db


class LocationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Location

    code = factory.Sequence(lambda n: f"warehouse-{n}")
    name = factory.LazyAttribute(lambda location: location.code.title())
    priority = factory.Sequence(lambda n: n + 1)


def stocked(units: int = 10, *, variant_id: UUID | None = None, location: str | None = None, low: int = 0) -> StockItem:
    """A stock item with `units` received, not low before `low`."""
    variant = variant_id or db.uuid7()
    services.set_on_hand(
        levels={variant: 0},
        skus={variant: f"SKU-{variant.hex[-8:]}"},
        location=location or _default(),
        reason="start",
        by="test",
    )
    item = StockItem.objects.get(variant_id=variant, location__code=location or _default())
    StockItem.objects.filter(pk=item.pk).update(low_stock_threshold=low)
    if units:
        services.receive(variant_id=variant, sku=item.sku, quantity=units, location=location, reason="start", by="test")
    item.refresh_from_db()
    return item


def _default() -> str:
    return Location.objects.get_or_create(is_default=True, defaults={"code": "default", "name": "Main warehouse"})[
        0
    ].code
