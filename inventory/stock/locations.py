"""The locations' commands."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction

from inventory.stock import selectors
from inventory.stock.models import Location, StockItem
from shop.audit import services as audit
from shop.core import cache, db
from shop.events import bus, types

AT_ONCE = 200  # events in one transaction


class UnknownLocation(LookupError):
    """There is no location with this code."""


def by_code(code: str | None) -> Location:
    """The location with this code, or the default one (made if somebody deleted it). Raises `UnknownLocation`."""
    locations = Location.objects.using(db.INVENTORY)
    if code is None:
        return locations.get_or_create(is_default=True, defaults={"code": "default", "name": "Main warehouse"})[0]
    location = locations.filter(code=code).first()
    if location is None:
        raise UnknownLocation(code)
    return location


def switch(*, location_id: UUID, is_active: bool, by: str) -> None:
    """Sell from the location, or not any more; what is promised there stays promised. Others are told by a task."""
    with transaction.atomic(using=db.INVENTORY):
        if (
            not Location.objects.using(db.INVENTORY)
            .filter(pk=location_id)
            .exclude(is_active=is_active)
            .update(is_active=is_active)
        ):
            return
        audit.record(
            action="location.switch",
            by=by,
            object_type="location",
            object_id=location_id,
            changes={"is_active": is_active},
            using=db.INVENTORY,
        )
        transaction.on_commit(lambda: _enqueue(location_id), using=db.INVENTORY, robust=True)


def announce(*, location_id: UUID) -> int:
    """Publish `StockChanged` for every variant that has units at the location; returns how many. May be repeated."""
    items = StockItem.objects.using(db.INVENTORY).filter(location_id=location_id, on_hand__gt=0)
    variant_ids = list(items.order_by("variant_id").values_list("variant_id", flat=True))
    for first in range(0, len(variant_ids), AT_ONCE):
        some = variant_ids[first : first + AT_ONCE]
        with transaction.atomic(using=db.INVENTORY):
            for variant_id, units in selectors.available(some).items():
                bus.publish(types.StockChanged(variant_id=variant_id, available=units), using=db.INVENTORY)
                cache.AVAILABILITY.delete(variant_id)
    return len(variant_ids)


def _enqueue(location_id: UUID) -> None:
    from inventory.stock import tasks  # noqa: PLC0415  (tasks import the services)

    tasks.announce_location.delay(location_id=str(location_id))
