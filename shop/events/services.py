"""What a merchant may do about dead letters."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from shop.audit import services as audit
from shop.events import bus
from shop.events.models import Delivery


def replay(*, delivery_ids: Sequence[UUID], by: str, using: str) -> int:
    """Make dead deliveries pending again, with all their tries; returns how many. Delivery starts on commit."""
    with transaction.atomic(using=using):
        rows = Delivery.objects.using(using).filter(pk__in=delivery_ids, status=Delivery.Status.DEAD)
        ids = [str(pk) for pk in rows.values_list("pk", flat=True)]
        count = rows.update(status=Delivery.Status.PENDING, attempts=0, due_at=Now(), finished_at=None)
        for delivery_id in ids:
            audit.record(action="delivery.replay", by=by, object_type="delivery", object_id=delivery_id, using=using)
        transaction.on_commit(lambda: bus.enqueue(using, ids), using=using, robust=True)
    return count
