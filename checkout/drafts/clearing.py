"""Clear drafts that nobody has touched for long."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from checkout.drafts import locking, services
from checkout.drafts.models import Draft
from shop.core import db

BATCH = 200


def clear_abandoned() -> int:
    """Delete drafts that were not placed and not changed for `DRAFT_KEEP`, each in a transaction of its own, and end
    their carts; returns how many. None while it is 0."""
    if not settings.DRAFT_KEEP:
        return 0
    cleared, after = 0, UUID(int=0)
    while ids := list(_abandoned().filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        cleared += sum(_clear(draft_id) for draft_id in ids)
        after = ids[-1]
    return cleared


def _clear(draft_id: UUID) -> bool:
    with transaction.atomic(using=db.DEFAULT):
        try:
            locking.draft(draft_id)
            # Asked again under the lock: somebody may have saved it, or pressed the button, since it was found.
            if not _abandoned().filter(pk=draft_id).exists():
                return False
            services.delete(draft_id=draft_id, by="system")
        except (Draft.DoesNotExist, services.DraftRefused):  # deleted, or an order whose number was not noted down
            return False
    return True


def _abandoned() -> QuerySet[Draft]:
    return Draft.objects.filter(order_id=None, updated_at__lt=Now() - settings.DRAFT_KEEP)
