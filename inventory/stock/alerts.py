"""The commands of low-stock alerts. The ledger closes them itself, in the transaction that brings the units."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from inventory.stock import emails, locking
from inventory.stock.models import StockAlert
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
