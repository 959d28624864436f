"""The commands of low-stock alerts. The ledger closes them itself, in the transaction that brings the units."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Now

from inventory.stock import emails, locking, selectors
from inventory.stock.models import StockAlert, StockItem
from shop.audit import services as audit
from shop.core import db


def raise_low(*, variant_id: UUID, location_id: UUID) -> bool:
    """Open the alert of a stock item that is low and tell staff; True if it is new.

    May be called twice and late: who is not low any more gets none, and the mail of an alert goes out once.
    """
    with transaction.atomic(using=db.INVENTORY):
        items = [item for item in locking.items_of([variant_id]) if item.location_id == location_id]
        if not items or items[0].available > items[0].low_stock_threshold:
            return False
        item = items[0]
        alert, is_new = (
            StockAlert.objects.using(db.INVENTORY)
            .select_related("location")
            .get_or_create(
                stock_item_id=item.pk,
                closed_at=None,
                defaults={
                    "variant_id": variant_id,
                    "sku": item.sku,
                    "location": item.location,
                    "available": item.available,
                    "threshold": item.low_stock_threshold,
                },
            )
        )
    emails.low(alert)
    return is_new


def find_low(limit: int = 500) -> int:
    """Open the alerts of up to `limit` stock items that were low already when first seen; returns how many.

    They fell below no line, so nothing was told of them: they were opened so, by a delivery or a transfer, or somebody
    raised their threshold. One mail lists them all.
    """
    known = StockAlert.objects.using(db.INVENTORY).filter(stock_item_id=OuterRef("pk"), closed_at=None)
    low = StockItem.objects.using(db.INVENTORY).annotate(units=selectors.AVAILABLE).filter(
        ~Exists(known), units__lte=F("low_stock_threshold"), location__is_active=True
    )  # fmt: skip
    variants = dict(low.order_by("pk").values_list("pk", "variant_id")[:limit])
    with transaction.atomic(using=db.INVENTORY):
        items = [item for item in locking.items_of(variants.values()) if item.pk in variants]
        alerts = [_new(item) for item in items if item.available <= item.low_stock_threshold]
        StockAlert.objects.using(db.INVENTORY).bulk_create(alerts, ignore_conflicts=True)
    if alerts:  # should the worker die here, they are in the admin all the same
        emails.low_list(alerts)
    return len(alerts)


def _new(item: StockItem) -> StockAlert:
    return StockAlert(
        stock_item_id=item.pk,
        variant_id=item.variant_id,
        sku=item.sku,
        location=item.location,
        available=item.available,
        threshold=item.low_stock_threshold,
    )


def acknowledge(*, alert_ids: Sequence[UUID], by: str) -> int:
    """Note that somebody looks after these open alerts; returns how many were not seen to before."""
    with transaction.atomic(using=db.INVENTORY):
        rows = StockAlert.objects.using(db.INVENTORY).filter(pk__in=alert_ids, closed_at=None, acknowledged_at=None)
        ids = list(rows.values_list("pk", flat=True))
        rows.update(acknowledged_at=Now(), acknowledged_by=by)
        for key in ids:
            audit.record(
                action="stock_alert.acknowledge", by=by, object_type="stock_alert", object_id=key, using=db.INVENTORY
            )
    return len(ids)


def count_open() -> int:
    """Alerts that are open and that nobody has acknowledged."""
    return StockAlert.objects.using(db.INVENTORY).filter(closed_at=None, acknowledged_at=None).count()
